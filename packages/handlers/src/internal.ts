/** For the rest of this product only: what an operator has no use for. */
export { definitionOf } from './config/definition-site.ts';
export { tellsNoCost } from './generators/cost.ts';
