import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { settledWithin } from '../process/settled-within.ts';

type SetNumber = (labels: Record<string, string>, value: number) => void;

/** A number that is the same in every process of its scope, read from Redis at each scrape. */
export interface SharedGauge {
  name: string;
  help: string;
  labels: readonly string[];
  /**
   * Which processes share the number: all, or those behind one egress address. One process of a
   * scope exports it.
   */
  scope: 'fleet' | 'egress';
  collect: (set: SetNumber) => Promise<void>;
}

/** A number that a process itself knows, read at each scrape. */
export interface OwnGauge {
  name: string;
  help: string;
  labels: string[];
  collect: (set: SetNumber) => void;
}

/** Exported by every process, from its start. */
export const REDIS_UP = {
  name: 'fulfillment_redis_up',
  help: '1 while Redis answers, else 0',
  labels: [],
} satisfies Omit<OwnGauge, 'collect'>;

/** A try of a job that ended. */
interface JobRun {
  queue: string;
  job: string;
  /** `done`, or the kind of the failure. */
  outcome: string;
  ms: number;
}

/** The numbers of a process, for Prometheus. */
export interface Metrics {
  /** The numbers that only this process knows. */
  own: Registry;
  contentType: string;
  /** The current values of all numbers. */
  scrape(): Promise<string>;
  /** How long a job waited before a worker took it, in ms. */
  jobWait(queue: string, job: string, ms: number): void;
  /** A try ended. */
  jobDone(run: JobRun): void;
  /**
   * Exports a shared number. The number is left out while Redis is away or too slow, so that a
   * scrape answers at once. The number is also left out while another process exports it, so that
   * `sum()` counts it once.
   */
  sharedGauge(gauge: SharedGauge): void;
  /** A number that the process itself knows, read at each scrape. */
  ownGauge(gauge: OwnGauge): void;
  counter(name: string, help: string, labels: string[]): Counter;
}

/** When shared numbers are exported. */
export interface Sharing {
  /** Whether to ask Redis for numbers. */
  isRedisUp: () => boolean;
  /** Whether this process exports the numbers of the scope. Each scrape asks again. */
  isExporter: (scope: SharedGauge['scope']) => Promise<boolean>;
}

/** How long a scrape waits for a number from Redis, in ms. */
const COLLECT_MS = 1000;

/**
 * In seconds. A run may last at most a week (`timeLimitSeconds`), and a job waits for days while
 * its queue is paused.
 */
const BUCKETS = [
  0.005, 0.02, 0.1, 0.5, 2, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 172_800, 604_800,
];

const ALONE: Sharing = { isRedisUp: () => true, isExporter: async () => true };

export function createMetrics(app: string, sharing: Sharing = ALONE): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  // Shared numbers name no app, so that the series goes on when another app exports them a moment
  // later.
  const shared = new Registry();
  const wait = new Histogram({
    name: 'fulfillment_job_wait_seconds',
    help: 'Time from adding a job to a worker taking it',
    labelNames: ['queue', 'job'],
    buckets: BUCKETS,
    registers,
  });
  const run = new Histogram({
    name: 'fulfillment_job_run_seconds',
    help: 'Time a try of a job took, by outcome',
    labelNames: ['queue', 'job', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  return {
    own: registry,
    contentType: registry.contentType,
    scrape: async () => (await Promise.all([registry.metrics(), shared.metrics()])).join('\n'),
    jobWait: (queue, job, ms) => wait.observe({ queue, job }, ms / 1000),
    jobDone: ({ queue, job, outcome, ms }) => run.observe({ queue, job, outcome }, ms / 1000),
    counter: (name, help, labelNames) => new Counter({ name, help, labelNames, registers }),
    sharedGauge({ name, help, labels, scope, collect }) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: labels,
        registers: [shared],
        collect: async () => {
          gauge.reset();
          // A gauge without labels is reset to 0, which would be a false value.
          if (labels.length === 0) gauge.remove({});
          if (!sharing.isRedisUp()) return;
          const read = async (): Promise<[Record<string, string>, number][]> => {
            const values: [Record<string, string>, number][] = [];
            if (await sharing.isExporter(scope)) await collect((...value) => values.push(value));
            return values;
          };
          for (const [of, value] of await inTime(read())) gauge.set(of, value);
        },
      });
    },
    ownGauge({ name, help, labels: labelNames, collect }) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect: () => {
          gauge.reset();
          collect((labels, value) => gauge.set(labels, value));
        },
      });
    },
  };
}

/**
 * @returns an empty list when Redis answers too late, or with an error: an unknown number is left
 * out.
 */
async function inTime<T>(read: Promise<T[]>): Promise<T[]> {
  let values: T[] = [];
  const kept = read.then((found) => {
    values = found;
  });
  return (await settledWithin(kept, COLLECT_MS).catch(() => false)) ? values : [];
}
