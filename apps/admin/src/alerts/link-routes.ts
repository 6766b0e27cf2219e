import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { AdminOptions } from '../options.ts';
import { frameOf } from '../page/frame.ts';
import type { Html } from '../page/html.ts';
import { page } from '../page/layout.ts';
import { refuse } from '../refusal.ts';
import { acknowledgedPage, acknowledgePage } from './acknowledge-page.ts';

const link = z.object({
  alert: z.string().min(1).max(300),
  openedAt: z.coerce.number().int().positive(),
  signature: z.string().min(1).max(100),
});

/** Serves the signed links of messages, which acknowledge an alert without a login. */
export function alertLinkRoutes(server: FastifyInstance, options: AdminOptions): void {
  const {
    alerts: { store, links },
    audit,
    log,
  } = options;
  const send = (reply: FastifyReply, content: Html) =>
    reply
      .type('text/html; charset=utf-8')
      .send(page(frameOf(options, reply, { title: 'Acknowledge' }), content));

  server.get('/alerts/acknowledge', { config: { access: 'anyone' } }, async (request, reply) => {
    const asked = link.safeParse(request.query);
    if (!asked.success || !links.isValid(asked.data))
      return refuse(options, reply, { status: 403, message: 'This link is not valid.' });
    return send(reply, acknowledgePage(asked.data));
  });

  server.post('/alerts/acknowledge-by-link', { config: { access: 'anyone' } }, async (request, reply) => {
    const asked = link.safeParse(request.body);
    if (!asked.success || !links.isValid(asked.data))
      return refuse(options, reply, { status: 403, message: 'This link is not valid.' });
    const { alert, openedAt: opened } = asked.data;
    await audit.write({ by: 'a link', action: 'acknowledge_alert', subject: alert });
    const outcome = await store.acknowledge(alert, opened, 'a link');
    log.info({ alert, outcome }, 'alert acknowledged by link');
    return send(reply, acknowledgedPage(outcome));
  });
}
