import type { BudgetState } from '@fulfillment/platform';
import type { AdminOptions } from '../options.ts';

/** The numbers around every page: orders that wait for the operator, and stopped parts. */
export interface ShellState {
  /** How many orders wait for a human. */
  attention: number;
  /** Rejected keys, paused queues, and a Redis that takes no writes. */
  problems: number;
  budget: BudgetState;
}

/** Reads the numbers around a page. Three short calls to Redis. */
export async function shellState({
  store,
  registry,
  pauses,
  budget,
  redisTrouble,
}: Pick<AdminOptions, 'store' | 'registry' | 'pauses' | 'budget' | 'redisTrouble'>): Promise<ShellState> {
  const [counts, agents, paused, budgetState] = await Promise.all([
    store.index.counts(),
    registry.list(),
    pauses.read(),
    budget.state(),
  ]);
  const rejected = agents.filter(({ state, warnings }) => state === 'key_rejected' || warnings.length > 0);
  const problems = rejected.length + paused.length + (redisTrouble() === null ? 0 : 1);
  return { attention: counts.attention, problems, budget: budgetState };
}
