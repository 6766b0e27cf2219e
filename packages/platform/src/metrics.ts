import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The numbers of a process, for Prometheus. */
export interface Metrics {
  registry: Registry;
  /** How long a job waited before a worker took it, in ms. */
  jobWait(queue: string, job: string, ms: number): void;
  /** A try ended: `done`, or the kind of its failure. */
  jobDone(queue: string, job: string, outcome: string, ms: number): void;
  /** A number read anew at each scrape. */
  gauge(
    name: string,
    help: string,
    labels: string[],
    collect: (set: (labels: Record<string, string>, value: number) => void) => Promise<void>,
  ): void;
  counter(name: string, help: string, labels: string[]): Counter;
}

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1800];

export function createMetrics(app: string): Metrics {
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
        collect: () => {
          gauge.reset();
          return collect((labels, value) => gauge.set(labels, value));
        },
      });
    },
  };
}
