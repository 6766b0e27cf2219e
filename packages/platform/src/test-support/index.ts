export { accessibilityProblems } from './accessibility.ts';
export { BUDGET_MODES, type BudgetMode, limitOf, sellIn } from './budget-modes.ts';
export { type Line, openLine } from './line.ts';
export { type Call, type FakeMarket, openMarket, orderRow, serviceRow } from './market.ts';
export { redisServer, startRedis } from './processes.ts';
export { type MarketWindow, needlessRefusals, windowsOf } from './refusals.ts';
export { openRuntime, type TestRuntime, type TestRuntimeOptions } from './runtime.ts';
export { gate, newOrder, openLog, openScratch, type Scratch, until } from './scratch.ts';
export { openStepApp, type StepApp } from './step-app.ts';
