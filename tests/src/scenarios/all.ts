import { failureScenarios } from './failures.ts';
import { orderScenarios } from './orders.ts';
import { poisonScenarios } from './poison.ts';
import { reviewScenarios } from './reviews.ts';
import { revisionScenarios } from './revisions.ts';
import type { Scenario } from './scenario.ts';
import { webhookScenarios } from './webhooks.ts';

/** The scenarios of the demo and of the system tests. */
export const SCENARIOS: readonly Scenario[] = [
  ...orderScenarios,
  ...revisionScenarios,
  ...reviewScenarios,
  ...webhookScenarios,
  ...failureScenarios,
  ...poisonScenarios,
];
