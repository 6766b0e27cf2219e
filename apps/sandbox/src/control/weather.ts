import type { FastifyInstance } from 'fastify';
import { success } from '../api/envelope.ts';
import type { Sandbox } from '../sandbox.ts';
import { shown } from './fields.ts';
import { faultInput, faultsQuery, rateLimitInput } from './inputs.ts';
import { read } from './read.ts';

/** Rate limits and faults. */
export function weatherControl(server: FastifyInstance, { limiter, faults }: Sandbox): void {
  server.put('/sandbox/rate-limit', (request) => {
    const { window_ms: windowMs, ...rest } = read(rateLimitInput, request.body);
    limiter.set({ ...rest, windowMs });
    return success(shown(limiter.settings));
  });

  server.post('/sandbox/faults', (request) => {
    const { latency_ms: latencyMs, over_bytes: overBytes, ...fault } = read(faultInput, request.body);
    faults.add({ ...fault, latencyMs, overBytes });
    return success(faults.all().map(shown));
  });
  server.get('/sandbox/faults', () => success(faults.all().map(shown)));
  server.delete('/sandbox/faults', (request) => {
    faults.clear(read(faultsQuery, request.query).endpoint);
    return success(faults.all().map(shown));
  });
}
