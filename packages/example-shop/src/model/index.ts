export { AGENTS, type ExampleService, SERVICES } from './catalog.ts';
export { deliverableUrl, revisionsOf } from './deliveries.ts';
export type { ExampleOrder } from './example-order.ts';
export { exampleShop } from './example-shop.ts';
export { marketStatusOf } from './market-status.ts';
export type { Plot } from './plots.ts';
