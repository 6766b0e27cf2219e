import { stepKey } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signedIn } from '../../access/rights.ts';
import { orderPath } from '../../board.ts';
import type { AdminOptions } from '../../options.ts';
import { refuse } from '../../refusal.ts';
import { findOrder } from '../find-order.ts';
import { stoppableStep } from './running-step.ts';

const stopForm = z.object({ step: z.string().min(1).max(100), attempt: z.coerce.number().int().min(0) });

/**
 * Stops the step of an order that calls a handler, in whatever process runs it. The form names the
 * step and its attempt, so a form that is no longer true stops nothing else.
 */
export function stopRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store, queues, log } = options;

  server.post('/orders/:agentId/:orderId/stop', async (request, reply) => {
    const form = stopForm.safeParse(request.body);
    if (!form.success)
      return refuse(options, reply, { status: 400, message: 'The form does not name a step to stop.' });
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const { ref, decision } = order;
    const { step: key, attempt } = form.data;
    const step = stoppableStep(decision.steps);
    if (step === null || stepKey(step) !== key || step.attempt !== attempt) {
      const message = 'The step has ended, or was stopped already. Nothing was changed.';
      return refuse(options, reply, { status: 409, message, backTo: orderPath(ref) });
    }
    const by = signedIn(request).name;
    await store.append(ref, [{ type: 'operator_stopped', stepKey: key, attempt, by }]);
    await store.announceChange(ref);
    await queues.poke(ref, 'operator');
    log.info({ ...ref, step: key, attempt, by }, 'operator stopped a step');
    return reply.redirect(orderPath(ref), 303);
  });
}
