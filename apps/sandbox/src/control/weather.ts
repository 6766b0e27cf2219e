import type { FastifyInstance } from 'fastify';
import { success } from '../api/entrance/envelope.ts';
import type { Sandbox } from '../sandbox.ts';
import { shown } from './fields.ts';
import { faultInput, faultsQuery, rateLimitInput, trafficInput } from './inputs/weather.ts';
import { read, readQuery } from './read.ts';

/** Serves rate limits and faults. */
export function weatherControl(server: FastifyInstance, { market, limiter, faults }: Sandbox): void {
  server.put('/sandbox/rate-limit', (request) => {
    const { window_ms: windowMs, ...rest } = read(rateLimitInput, request);
    limiter.set({ ...rest, windowMs });
    return success(shown(limiter.settings));
  });
  server.post('/sandbox/rate-limit/traffic', (request) => {
    const { egress, calls, window_ms: windowMs } = read(trafficInput, request);
    limiter.addTraffic(egress, { calls, windowMs, now: market.now() });
    return success({ egress, calls });
  });

  server.post('/sandbox/faults', (request) => {
    const { latency_ms: latencyMs, over_bytes: overBytes, ...fault } = read(faultInput, request);
    faults.add({ ...fault, latencyMs, overBytes });
    return success(faults.all().map(shown));
  });
  server.get('/sandbox/faults', () => success(faults.all().map(shown)));
  server.delete('/sandbox/faults', (request) => {
    faults.clear(readQuery(faultsQuery, request).endpoint);
    return success(faults.all().map(shown));
  });
}
