export { AGENTS, type ExampleAgent, type ExampleService, SERVICES } from './catalog.ts';
export type { ExampleOrder } from './example-order.ts';
export { exampleShop } from './example-shop.ts';
export { marketStatusOf } from './market-status.ts';
export type { Plot } from './plots.ts';
