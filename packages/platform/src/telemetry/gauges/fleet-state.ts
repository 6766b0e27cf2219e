import type { Budget } from '../../budget/budget.ts';
import type { ChangeFeed } from '../../change-feed/change-feed.ts';
import type { Pauses } from '../../jobs/pauses.ts';
import type { Queues } from '../../jobs/queues.ts';
import type { WorkPauses } from '../../jobs/work-pauses.ts';
import type { AgentRegistry } from '../../marketplace/agent-state/registry.ts';
import type { ReadLag } from '../../marketplace/read-lag.ts';
import type { RecordStore } from '../../record-store/record-store.ts';

/** The sources of the metrics that describe the whole fleet. */
export interface FleetState {
  store: RecordStore;
  feed: ChangeFeed;
  queues: Queues;
  pauses: Pauses;
  workPauses: WorkPauses;
  budget: Budget;
  /** The id of the budget: processes behind one address share it. */
  egress: string;
  registry: AgentRegistry;
  readLag: ReadLag;
}
