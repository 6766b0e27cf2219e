import { orderKey } from '@fulfillment/ledger';
import { decide, type OrderRef } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signedIn } from '../access/rights.ts';
import { listPath } from '../list/list-query.ts';
import type { AdminOptions } from '../options.ts';
import { count } from '../page/format.ts';
import { sendPage } from '../page/send-page.ts';
import { refuse } from '../refusal.ts';
import { bulkFacts } from './answer-order.ts';
import { bulkListPage, bulkPage, previewPage } from './bulk-pages.ts';
import type { BulkPlan, BulkRun } from './bulk-run.ts';
import { type SelectionForm, selectionForm, selectOrders } from './bulk-selection.ts';

/** The preview checks the records of this many orders. The ledger counts the rest. */
const MOST_CHECKED = 500;

const MOST_LISTED = 100;

const bulkParams = z.object({ id: z.uuid() });

/** Serves the preview, the start and the progress of bulk actions. */
export function bulkRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { bulk, bulkRunner, store, audit, log } = options;

  server.post('/bulk/preview', async (request, reply) => {
    const form = selectionForm.safeParse(request.body);
    if (!form.success)
      return refuse(options, reply, { status: 400, message: 'Choose an action, and the orders for it.' });
    const backTo = originOf(form.data);
    const [now, ledger] = await Promise.all([store.now(), options.ledger()]);
    const selection = await selectOrders(ledger, form.data, { now });
    if ('problem' in selection)
      return refuse(options, reply, { status: 400, message: selection.problem, backTo });
    const { refs, group, isCut } = selection;
    if (refs.length === 0) {
      const message = 'No order is selected, or the orders moved on. Nothing was changed.';
      return refuse(options, reply, { status: 409, message, backTo });
    }
    const plan: BulkPlan = {
      action: form.data.action,
      group,
      by: signedIn(request).name,
      createdAt: now,
      total: refs.length,
      isCut,
    };
    const id = await bulk.plan(plan, refs);
    const run: BulkRun = { ...plan, id, state: 'planned', startedAt: null, left: refs.length, results: [] };
    const waiting = await countWaiting(options, refs, plan);
    const content = previewPage({ run, waiting, backTo });
    return sendPage(options, reply, { title: 'Confirm', section: 'orders', content, isLive: false });
  });

  server.post('/bulk/:id/start', async (request, reply) => {
    const params = bulkParams.safeParse(request.params);
    const run = params.success ? await bulk.read(params.data.id) : null;
    if (run === null) {
      const message =
        'This preview is older than an hour, or does not exist. Select the orders again. Nothing was changed.';
      return refuse(options, reply, { status: 409, message });
    }
    const by = signedIn(request).name;
    if (run.startedAt === null)
      await audit.write({
        by,
        action: 'bulk_action',
        subject: `${run.action} on ${count(run.total, 'order')}`,
      });
    if (await bulk.start(run.id, await store.now())) {
      log.info({ bulk: run.id, action: run.action, orders: run.total, by }, 'bulk action started');
      bulkRunner.wake();
    }
    return reply.redirect(`/bulk/${run.id}`, 303);
  });

  server.get('/bulk', async (_request, reply) => {
    const [now, runs] = await Promise.all([store.now(), bulk.recent(MOST_LISTED)]);
    const content = bulkListPage(runs, now);
    return sendPage(options, reply, { title: 'Bulk actions', section: 'orders', content });
  });

  server.get('/bulk/:id', async (request, reply) => {
    const params = bulkParams.safeParse(request.params);
    const run = params.success ? await bulk.read(params.data.id) : null;
    if (run === null)
      return refuse(options, reply, {
        status: 404,
        message: 'There is no such bulk action, or its results expired.',
      });
    return sendPage(options, reply, { title: 'Bulk action', section: 'orders', content: bulkPage(run) });
  });
}

function originOf({ kind, q }: SelectionForm): string {
  return kind === undefined
    ? listPath({ text: q, sort: { column: 'updated', direction: 'desc' }, page: 1 })
    : '/';
}

/** How many of the orders wait for the action now, by their records. */
async function countWaiting(
  { store, policy, ledger }: AdminOptions,
  refs: readonly OrderRef[],
  plan: BulkPlan,
): Promise<number> {
  if (plan.action === 'read') return refs.length;
  const checked = refs.slice(0, MOST_CHECKED);
  const waits = await Promise.all(
    checked.map(async (ref) => {
      const record = await store.load(ref);
      if (record === null) return false;
      return bulkFacts({ record, decision: decide(record, policy, record.loadedAt) }, plan).length > 0;
    }),
  );
  const rest = refs.slice(MOST_CHECKED).map(orderKey);
  return waits.filter(Boolean).length + (await (await ledger()).attention.countAllowing(plan.action, rest));
}
