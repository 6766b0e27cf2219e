import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { settledWithin } from './settled-within.ts';

/** The numbers of a process, for Prometheus. */
export interface Metrics {
  registry: Registry;
  /** How long a job waited before a worker took it, in ms. */
  jobWait(queue: string, job: string, ms: number): void;
  /** A try ended: `done`, or the kind of its failure. */
  jobDone(queue: string, job: string, outcome: string, ms: number): void;
  /**
   * A number read from Redis at each scrape. While Redis is away, or answers too late, the number is left out: a scrape answers
   * at once, whatever Redis does.
   */
  gauge(
    name: string,
    help: string,
    labels: string[],
    collect: (set: (labels: Record<string, string>, value: number) => void) => Promise<void>,
  ): void;
  /** A number that the process itself knows, read at each scrape. */
  ownGauge(
    name: string,
    help: string,
    labels: string[],
    collect: (set: (labels: Record<string, string>, value: number) => void) => void,
  ): void;
  counter(name: string, help: string, labels: string[]): Counter;
}

/** How long a scrape waits for a number from Redis, in ms. */
const COLLECT_MS = 1000;

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1800];

/** @param isRedisUp whether numbers from Redis are asked for. */
export function createMetrics(app: string, isRedisUp: () => boolean = () => true): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const wait = new Histogram({
    name: 'fulfillment_job_wait_seconds',
    help: 'Time from adding a job to a worker taking it',
    labelNames: ['queue', 'job'],
    buckets: SECONDS,
    registers,
  });
  const run = new Histogram({
    name: 'fulfillment_job_run_seconds',
    help: 'Time a try of a job took, by outcome',
    labelNames: ['queue', 'job', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  return {
    registry,
    jobWait: (queue, job, ms) => wait.observe({ queue, job }, ms / 1000),
    jobDone: (queue, job, outcome, ms) => run.observe({ queue, job, outcome }, ms / 1000),
    counter: (name, help, labelNames) => new Counter({ name, help, labelNames, registers }),
    gauge(name, help, labelNames, collect) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect: async () => {
          gauge.reset();
          if (!isRedisUp()) return;
          let isLate = false;
          const read = collect((labels, value) => {
            if (!isLate) gauge.set(labels, value);
          });
          const isRead = await settledWithin(read, COLLECT_MS).catch(() => false);
          isLate = true;
          if (!isRead) gauge.reset();
        },
      });
    },
    ownGauge(name, help, labelNames, collect) {
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
