import type { FastifyInstance } from 'fastify';
import { success } from '../api/entrance/envelope.ts';
import type { Sandbox } from '../sandbox.ts';
import { given, shown } from './fields.ts';
import { behaviourInput } from './inputs/behaviour.ts';
import { read } from './read.ts';

/** Serves the switches that make the sandbox differ from the real marketplace. */
export function behaviourControl(server: FastifyInstance, { switches }: Sandbox): void {
  server.put('/sandbox/behaviour', (request) => {
    const input = read(behaviourInput, request);
    switches.change(
      given({
        x402GapMs: input.x402_gap_ms,
        payoutEvents: input.payout_events,
        pageSize: input.page_size,
        edgeBodyBytes: input.edge_body_bytes,
        fetchesImages: input.fetches_images,
        imageTimeoutMs: input.image_timeout_ms,
        imageMaxBytes: input.image_max_bytes,
        deliverTimeoutMs: input.deliver_timeout_ms,
        localSellers: input.local_sellers,
        extraField: input.extra_field,
        platformStats: input.platform_stats,
      }),
    );
    return success(shown(switches.now));
  });
}
