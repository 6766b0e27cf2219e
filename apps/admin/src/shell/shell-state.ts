import type { BudgetState } from '@fulfillment/platform';
import type { AdminOptions } from '../options.ts';

/** The numbers around every page: orders that wait for the operator, and stopped parts. */
export interface ShellState {
  /** How many orders wait for a human. */
  attention: number;
  /** Rejected keys, paused queues, and a Redis that takes no writes. */
  problems: number;
  /** How many handlers, services and agents are paused. */
  workPauses: number;
  budget: BudgetState;
}

/** Reads the numbers around a page. A few short calls to Redis. */
export async function shellState({
  store,
  registry,
  pauses,
  workPauses,
  budget,
  redisTrouble,
}: Pick<
  AdminOptions,
  'store' | 'registry' | 'pauses' | 'workPauses' | 'budget' | 'redisTrouble'
>): Promise<ShellState> {
  const [counts, agents, paused, pausedWork, budgetState] = await Promise.all([
    store.index.counts(),
    registry.list(),
    pauses.read(),
    workPauses.read(),
    budget.state(),
  ]);
  const rejected = agents.filter(({ state, warnings }) => state === 'key_rejected' || warnings.length > 0);
  const problems = rejected.length + paused.length + (redisTrouble() === null ? 0 : 1);
  return { attention: counts.attention, problems, workPauses: pausedWork.length, budget: budgetState };
}
