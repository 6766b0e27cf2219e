export { AGENTS, type ExampleOrder, exampleShop } from './model/index.ts';
export { refOf, writeRecords } from './records/write-records.ts';
