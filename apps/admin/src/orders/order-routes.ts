import { orderTitle } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { mayAs } from '../access/rights.ts';
import type { AdminOptions } from '../options.ts';
import { sendPage } from '../page/send-page.ts';
import { refuse } from '../refusal.ts';
import { draftTexts } from './drafts/draft-texts.ts';
import { findOrder } from './find-order.ts';
import { orderJobs } from './order-jobs.ts';
import { orderPage } from './order-page.ts';
import { runningStep } from './running/running-step.ts';

/** `read`: when an operator had the order read, in ms since the epoch. */
const query = z.object({ read: z.coerce.number().int().positive().nullable().catch(null) });

/** Serves the page of an order. */
export function orderRoutes(server: FastifyInstance, options: AdminOptions): void {
  server.get('/orders/:agentId/:orderId', async (request, reply) => {
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const jobs = await orderJobs(options.queues, order);
    const pauses = await options.pauses.holdingUp(await options.pauses.read(), order.ref, jobs);
    const agent = (await options.registry.names()).get(order.ref.agentId) ?? null;
    const texts = await draftTexts(options, order);
    const running = await runningStep(options, order);
    const handlerLines = await options.handlerLines.list(order.ref);
    const { policy } = options;
    const content = orderPage({
      ...order,
      jobs,
      pauses,
      agent,
      atelierUrl:
        options.atelierOrderUrl?.replaceAll('{orderId}', encodeURIComponent(order.ref.orderId)) ?? null,
      mayAct: mayAs('operator', options, request),
      policy,
      texts,
      running,
      handlerLines,
      readAskedAt: query.parse(request.query).read,
    });
    const title = (order.record.snapshot && orderTitle(order.record.snapshot)) ?? order.ref.orderId;
    return sendPage(options, reply, { title, section: 'orders', content });
  });
}
