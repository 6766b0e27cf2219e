import type { AlertMessage } from '@fulfillment/handlers';
import type { HistoryCall, HistoryWebhook, SandboxOrder } from '../../harness/sandbox.ts';
import type { Placed } from '../buyers.ts';
import type { Strikes } from '../disturbances/strikes.ts';
import type { Served } from '../fleet/front.ts';
import type { RedisFault } from '../fleet/redis-faults.ts';
import type { MemberExit } from '../fleet/supervisor.ts';

/** The evidence of a run that has come to rest. The judge reads nothing else. */
export interface Evidence {
  orders: OrderEvidence[];
  /** Orders in our records that no buyer placed with the agent of the record. */
  strangers: string[];
  /** Every call that the marketplace received, and every webhook that it tried, in order. */
  calls: HistoryCall[];
  webhooks: HistoryWebhook[];
  /** Whether the marketplace remembers all of them. */
  isHistoryWhole: boolean;
  jobs: JobLeft[];
  /** The schedulers with a next job, and the expected schedulers. */
  schedulers: { found: string[]; expected: string[] };
  places: Place[];
  strikes: Strikes;
  /** The differences between the ledger and the records, in words. */
  ledgerDifferences: string[];
  redisKills: number;
  redisMisbehaviours: Readonly<Record<RedisFault, number>>;
  /** The times at which Redis lost everything, in ms since the epoch. */
  emptiedAt: readonly number[];
  members: { name: string; ready: number; says: string }[];
  exits: MemberExit[];
  /** The answers of each ingestor. */
  served: Record<string, Served>;
  /** The messages about alerts that arrived, and the alerts that must be open at the end. */
  alerts: { messages: AlertMessage[]; expected: string[] };
  /** The problems that stopped buyers. */
  problems: string[];
}

export interface OrderEvidence extends Placed {
  market: SandboxOrder;
  /** The answer to a buyer who opens a deliverable, by its URL. */
  opened: Record<string, { status: number; body: string }>;
  /** Our record of the order, or null without one. */
  record: RecordEvidence | null;
}

export interface RecordEvidence {
  status: string;
  stage: string;
  attention: { key: string; reason: string }[];
  /** The deliveries in our record, by round. */
  delivered: { round: string; urls: string[] }[];
}

/** A job that is not completed. */
export interface JobLeft {
  queue: string;
  name: string;
  id: string;
  state: 'failed' | 'left';
  /** The reason for its failure, or for its presence. */
  reason: string;
}

/** A place that must contain no secret and no forged text. */
export interface Place {
  name: string;
  /** The status of the answer, or 200 if the place is not a page. */
  status: number;
  found: string[];
}
