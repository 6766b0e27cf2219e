/** For the rest of this product only: what an operator has no use for. */
export { definitionOf } from './config/definition-site.ts';
export { hasUnknownCost } from './generators/cost.ts';
