import { orderTitle } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AdminOptions } from '../options.ts';
import { html } from '../page/html.ts';
import { sendPage } from '../page/send-page.ts';
import { refuse } from '../refusal.ts';
import { systemState } from '../system/system-state.ts';
import { systemWarnings } from '../system/warnings.ts';
import { draftTexts } from './draft-texts.ts';
import { findOrder } from './find-order.ts';
import { listPage } from './list-page.ts';
import { orderJobs } from './order-jobs.ts';
import { FILTERS, orderList } from './order-list.ts';
import { orderPage } from './order-page.ts';

const listQuery = z.object({
  show: z.enum(FILTERS).catch('all'),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

/** Serves `/` and the page of an order. */
export function orderRoutes(server: FastifyInstance, options: AdminOptions): void {
  server.get('/', async (request, reply) => {
    const { show, page: number } = listQuery.parse(request.query);
    const [list, system, names, now] = await Promise.all([
      orderList(options, show, number),
      systemState(options),
      options.registry.names(),
      options.store.now(),
    ]);
    const waiting = list.counts.attention > 0 ? `(${list.counts.attention}) ` : '';
    const content = html`${systemWarnings(system, now)}${listPage({ list, agentNames: names, now })}`;
    return sendPage(options, reply, { title: `${waiting}Orders`, section: 'attention', content });
  });

  server.get('/orders/:agentId/:orderId', async (request, reply) => {
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, request, reply, 404, 'There is no such order.');
    const jobs = await orderJobs(options.queues, order.ref, order.record, order.decision);
    const pauses = await options.pauses.holdingUp(await options.pauses.read(), order.ref, jobs);
    const agent = (await options.registry.names()).get(order.ref.agentId) ?? null;
    const texts = await draftTexts(options, order);
    const { policy, isReadOnly } = options;
    const content = orderPage({ ...order, jobs, pauses, agent, mayAct: !isReadOnly, policy, texts });
    const title = (order.record.snapshot && orderTitle(order.record.snapshot)) ?? order.ref.orderId;
    return sendPage(options, reply, { title, section: 'orders', content });
  });
}
