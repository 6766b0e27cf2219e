import { randomUUID } from 'node:crypto';
import { MUTABLE } from '@fulfillment/alerts';
import { ALERT_KIND_NAMES } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { mayAs, signedIn } from '../access/rights.ts';
import type { AdminOptions } from '../options.ts';
import { sendPage } from '../page/send-page.ts';
import { refuse } from '../refusal.ts';
import { ACKNOWLEDGED } from './acknowledge-page.ts';
import { alertsPage } from './alerts-page.ts';
import { runbookPage } from './runbook-page.ts';

const HOUR = 3_600_000;
const openedAt = z.coerce.number().int().positive();
const acknowledgeForm = z.object({ alert: z.string().min(1).max(300), openedAt });
const testForm = z.object({ channel: z.string().min(1).max(100) });
const muteKey = z.object({ part: z.enum(MUTABLE), id: z.string().trim().min(1).max(200) });
const muteForm = muteKey
  .extend({ hours: z.coerce.number().min(1).max(168) })
  .refine(({ part, id }) => part !== 'kind' || ALERT_KIND_NAMES.some((kind) => kind === id));

/** Serves `/alerts`: the open alerts, their messages, and what each kind means. */
export function alertsRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { alerts, audit, log } = options;
  const { store, channels } = alerts;

  server.get('/alerts', async (request, reply) => {
    const [{ alerts: open }, outbox, history, mutes, now] = await Promise.all([
      store.read(),
      store.outbox(),
      store.history(),
      store.mutes(),
      options.store.now(),
    ]);
    const mayAct = mayAs('operator', options, request);
    const mayTest = mayAs('owner', options, request);
    const content = alertsPage({ alerts: open, outbox, history, mutes, channels, mayAct, mayTest, now });
    return sendPage(options, reply, { title: 'Alerts', section: 'alerts', content });
  });

  server.get('/alerts/runbook', async (_request, reply) =>
    sendPage(options, reply, { title: 'What each alert means', section: 'alerts', content: runbookPage() }),
  );

  server.post('/alerts/acknowledge', async (request, reply) => {
    const form = acknowledgeForm.safeParse(request.body);
    if (!form.success) return refuse(options, reply, { status: 400, message: 'The form names no alert.' });
    const by = signedIn(request).name;
    await audit.write({ by, action: 'acknowledge_alert', subject: form.data.alert });
    const outcome = await store.acknowledge(form.data.alert, form.data.openedAt, by);
    log.info({ alert: form.data.alert, by, outcome }, 'alert acknowledged');
    return outcome === 'acknowledged'
      ? reply.redirect('/alerts', 303)
      : refuse(options, reply, { status: 409, message: ACKNOWLEDGED[outcome], backTo: '/alerts' });
  });

  server.post('/alerts/test', { config: { role: 'owner' } }, async (request, reply) => {
    const form = testForm.safeParse(request.body);
    const channel = form.success && channels.find(({ name }) => name === form.data.channel);
    if (!channel) return refuse(options, reply, { status: 404, message: 'There is no such channel.' });
    const by = signedIn(request).name;
    await audit.write({ by, action: 'test_alert', subject: channel.name });
    await store.add({ channel: channel.name, path: '/alerts', message: testMessage(by) });
    return reply.redirect('/alerts', 303);
  });

  server.post('/alerts/mute', async (request, reply) => {
    const form = muteForm.safeParse(request.body);
    if (!form.success)
      return refuse(options, reply, {
        status: 400,
        message: 'Name a kind of alert, a handler or an agent, and 1 to 168 hours.',
        backTo: '/alerts',
      });
    const { part, id, hours } = form.data;
    const by = signedIn(request).name;
    await audit.write({ by, action: 'mute_alert', subject: `${part} ${id}` });
    await store.mute({ part, id, by, until: Date.now() + hours * HOUR });
    return reply.redirect('/alerts', 303);
  });

  server.post('/alerts/unmute', async (request, reply) => {
    const form = muteKey.safeParse(request.body);
    if (!form.success) return refuse(options, reply, { status: 400, message: 'The form names no mute.' });
    const { part, id } = form.data;
    await audit.write({ by: signedIn(request).name, action: 'unmute_alert', subject: `${part} ${id}` });
    await store.unmute({ part, id });
    return reply.redirect('/alerts', 303);
  });
}

function testMessage(by: string) {
  return {
    id: randomUUID(),
    alert: 'test',
    kind: 'test',
    severity: 'info',
    state: 'test',
    title: 'This channel works',
    advice: `${by} asked for this message on the console. There is nothing to do.`,
    count: 1,
    amountUsd: null,
    dueAt: null,
    openedAt: new Date().toISOString(),
  } as const;
}
