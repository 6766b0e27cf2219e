import { redisAddress } from '../redis/errors.ts';
import { describeError } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createMetrics, REDIS_UP } from '../telemetry/metrics.ts';
import { createServer } from './server.ts';

/** A process that connects at once does not need such a server, in ms. */
const PATIENCE_MS = 1000;

export interface WaitingSetup {
  app: string;
  host: string;
  port: number;
  redisUrl: string;
  log: Logger;
  patienceMs?: number;
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics` of a process that waits for Redis before it starts.
 * Its supervisor must see that the process is alive, and an operator must see the reason for the
 * wait. The app's own server takes the port afterwards.
 * @returns a function that closes the server.
 */
export function serveWhileWaiting(setup: WaitingSetup): () => Promise<void> {
  const { app, host, port, redisUrl, log, patienceMs = PATIENCE_MS } = setup;
  const metrics = createMetrics(app);
  metrics.ownGauge({ ...REDIS_UP, collect: (set) => set({}, 0) });
  const checks = { redis: () => `waiting for Redis at ${redisAddress(redisUrl)}` };
  const server = createServer({ log, metrics, checks });
  let listening: Promise<unknown> | undefined;
  const timer = setTimeout(() => {
    listening = server.listen({ port, host }).catch((error: unknown) => {
      // The app's own server meets the same error, and says what to do.
      log.debug({ reason: describeError(error) }, 'cannot serve health while waiting for Redis');
    });
  }, patienceMs);
  timer.unref();
  return async () => {
    clearTimeout(timer);
    await listening;
    await server.close();
  };
}
