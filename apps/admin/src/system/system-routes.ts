import { QUEUE_NAMES } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { mayAs, signedIn } from '../access/rights.ts';
import type { AdminOptions } from '../options.ts';
import { changeSince, markSchema } from '../page/pause-mark.ts';
import { sendPage } from '../page/send-page.ts';
import { refuse } from '../refusal.ts';
import { fleetState } from './fleet-state.ts';
import { systemPage } from './system-page.ts';
import { systemState } from './system-state.ts';

const change = z.object({ queue: z.enum(QUEUE_NAMES), action: z.enum(['pause', 'resume']) });

/**
 * Serves `/system`, and the buttons that pause and resume a queue. A second press changes nothing,
 * and neither does a form of a page that shows an earlier state.
 */
export function systemRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { pauses, audit, log } = options;

  server.get('/system', async (request, reply) => {
    const [system, fleet, now] = await Promise.all([
      systemState(options),
      fleetState(options),
      options.store.now(),
    ]);
    const content = systemPage({ system, fleet, mayAct: mayAs('owner', options, request), now });
    return sendPage(options, reply, { title: 'System', section: 'system', content });
  });

  server.post('/system/queues/:queue/:action', { config: { role: 'owner' } }, async (request, reply) => {
    const asked = change.safeParse(request.params);
    if (!asked.success) return refuse(options, reply, { status: 404, message: 'There is no such queue.' });
    const { queue, action } = asked.data;
    const form = markSchema.safeParse(request.body ?? {});
    if (!form.success)
      return refuse(options, reply, { status: 400, message: 'The form does not say what its page showed.' });
    const pause = (await pauses.read()).find((one) => one.queue === queue) ?? null;
    const message = changeSince(form.data, pause, `Queue ${queue}`);
    if (message !== null) return refuse(options, reply, { status: 409, message, backTo: '/system' });
    const by = signedIn(request).name;
    await audit.write({ by, action: `${action}_queue`, subject: queue });
    if (action === 'pause') await pauses.pause(queue, by);
    else await pauses.resume(queue);
    log.warn({ queue, by }, action === 'pause' ? 'queue paused' : 'queue resumed');
    return reply.redirect('/system', 303);
  });
}
