import type { HistoryCall, HistoryWebhook, SandboxOrder } from '../../harness/sandbox.ts';
import type { Placed } from '../buyers.ts';
import type { Strikes } from '../disturbances/strikes.ts';
import type { Served } from '../fleet/front.ts';
import type { RedisFault } from '../fleet/redis-faults.ts';
import type { MemberExit } from '../fleet/supervisor.ts';

/** All that is known of a run when it has come to rest. The judge reads nothing else. */
export interface Evidence {
  orders: OrderEvidence[];
  /** Orders that we have records of, and that no buyer placed with the agent of the record. */
  strangers: string[];
  /** Every call that the marketplace received, and every webhook that it tried, in order. */
  calls: HistoryCall[];
  webhooks: HistoryWebhook[];
  /** Whether the marketplace remembers all of them. */
  isHistoryWhole: boolean;
  jobs: JobLeft[];
  /** The schedulers that have a next job, and those that should. */
  schedulers: { found: string[]; expected: string[] };
  places: Place[];
  strikes: Strikes;
  redisKills: number;
  redisMisbehaviours: Readonly<Record<RedisFault, number>>;
  /** The times at which Redis lost everything, in ms since the epoch. */
  emptiedAt: readonly number[];
  members: { name: string; ready: number; says: string }[];
  exits: MemberExit[];
  /** What each ingestor answered. */
  served: Record<string, Served>;
  /** What kept buyers from the end. */
  problems: string[];
}

export interface OrderEvidence extends Placed {
  market: SandboxOrder;
  /** What a buyer gets who opens a deliverable, by its URL. */
  opened: Record<string, { status: number; body: string }>;
  /** What we know of it; null: nothing. */
  record: RecordEvidence | null;
}

export interface RecordEvidence {
  status: string;
  stage: string;
  attention: { key: string; reason: string }[];
  /** The deliveries that we noted, by round. */
  delivered: { round: string; urls: string[] }[];
}

/** A job that is not completed. */
export interface JobLeft {
  queue: string;
  name: string;
  id: string;
  state: 'failed' | 'left';
  /** Why it failed; why it is still there. */
  reason: string;
}

/** Somewhere that nothing secret, and nothing forged, may be found. */
export interface Place {
  name: string;
  /** The answer's; 200 for what is no page. */
  status: number;
  found: string[];
}
