import { PAUSABLE, pauseKey, type WorkPause } from '@fulfillment/platform';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { mayAs, signedIn } from '../access/rights.ts';
import { DAY, startOfDay } from '../money/money-query.ts';
import type { AdminOptions } from '../options.ts';
import { changeSince, markSchema } from '../page/pause-mark.ts';
import { sendPage } from '../page/send-page.ts';
import { refuse } from '../refusal.ts';
import { type Part, servicesPage } from './services-page.ts';

const DAYS = 30;
/** A page shows this many parts of a kind: the ones with the most booked. */
const MOST_PARTS = 200;

const pauseForm = markSchema.extend({ part: z.enum(PAUSABLE), id: z.string().min(1).max(200) });

/**
 * Serves `/services`, and the buttons that pause and resume the work for a handler, a service or an
 * agent. A form of a page that shows an earlier state changes nothing.
 */
export function servicesRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { workPauses, audit, queues, log } = options;

  server.get('/services', async (request, reply) => {
    const [parts, now] = await Promise.all([partsOf(options), options.store.now()]);
    const content = servicesPage({ parts, mayAct: mayAs('operator', options, request), now });
    return sendPage(options, reply, { title: 'Services', section: 'services', content });
  });

  for (const action of ['pause', 'resume'] as const)
    server.post(`/services/${action}`, async (request, reply) => {
      const form = pauseForm.safeParse(request.body);
      if (!form.success)
        return refuse(options, reply, { status: 400, message: `The form does not name what to ${action}.` });
      const { part, id } = form.data;
      const by = signedIn(request).name;
      const pause = pauseOf(await workPauses.read(), part, id);
      const change = changeSince(form.data, pause, `Work for ${part} "${id}"`);
      if (change !== null)
        return refuse(options, reply, { status: 409, message: change, backTo: '/services' });
      await audit.write({ by, action: `${action}_work`, subject: `${part} ${id}` });
      if (action === 'pause') {
        if (await workPauses.pause(part, id, by)) log.warn({ part, id, by }, 'work paused');
      } else {
        const wasPaused = await workPauses.resume(part, id);
        // If this process ends before it has woken all jobs, each job checks its pause later.
        const jobs = await queues.wakeHeld(pauseKey({ part, id }));
        if (wasPaused) log.warn({ part, id, by, jobs }, 'work resumed');
      }
      return reply.redirect('/services', 303);
    });
}

/**
 * The parts with orders of the last days, or with orders that wait after a failure. Also the
 * configured handlers, the agents of the fleet, and all that is paused.
 */
async function partsOf(options: AdminOptions): Promise<Part[]> {
  const { ledger: open, registry, workPauses, store, handlers } = options;
  const [ledger, agents, pauses, now] = await Promise.all([
    open(),
    registry.list(),
    workPauses.read(),
    store.now(),
  ]);
  const tomorrow = startOfDay(now) + DAY;
  const range = { basis: 'paid', from: tomorrow - DAYS * DAY, to: tomorrow } as const;
  const groups = await Promise.all(
    PAUSABLE.map(async (part) => {
      const [sums, work, failures] = await Promise.all([
        ledger.money.by(part, range, MOST_PARTS),
        ledger.work.by(part, range),
        ledger.work.failures(part, range),
      ]);
      return {
        part,
        rows: sums.rows,
        work: new Map(work.map((row) => [row.key, row])),
        failures: Map.groupBy(failures, ({ key }) => key),
      };
    }),
  );
  const agentNames = new Map(agents.flatMap(({ id, name }) => (id === null ? [] : [[id, name] as const])));
  const parts = new Map<string, Part>();
  /** Adds a part, unless it is there already. */
  const add = (
    part: Part['part'],
    id: string,
    found: Partial<Pick<Part, 'sums' | 'work' | 'failures'>> = {},
  ) => {
    const key = pauseKey({ part, id });
    if (parts.has(key)) return;
    const { sums = null, work = null, failures = [] } = found;
    const name = (part === 'agent' ? agentNames.get(id) : sums?.name) ?? id;
    parts.set(key, { part, id, name, sums, work, failures, pause: pauseOf(pauses, part, id) });
  };
  for (const { part, rows, work, failures } of groups)
    for (const sums of rows)
      if (typeof sums.key === 'string')
        add(part, sums.key, {
          sums,
          work: work.get(sums.key) ?? null,
          failures: failures.get(sums.key) ?? [],
        });
  for (const name of handlers) add('handler', name);
  for (const { part, failures } of groups)
    for (const [id, found] of failures) add(part, id, { failures: found });
  for (const id of agentNames.keys()) add('agent', id);
  for (const { part, id } of pauses) add(part, id);
  return [...parts.values()];
}

function pauseOf(pauses: readonly WorkPause[], part: Part['part'], id: string): WorkPause | null {
  return pauses.find((pause) => pause.part === part && pause.id === id) ?? null;
}
