export { pasts } from './histories.ts';
export { orderRow } from './records.ts';
