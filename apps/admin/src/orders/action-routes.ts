import type { FastifyInstance } from 'fastify';
import { signedIn } from '../access/rights.ts';
import { orderPath } from '../board.ts';
import type { AdminOptions } from '../options.ts';
import { refuse } from '../refusal.ts';
import { actionForm, factOfAction, lacksNote } from './actions.ts';
import { findOrder } from './find-order.ts';
import { untilRead } from './read-outcome.ts';

/**
 * The actions of the order page's buttons. An action writes one fact and pokes. A second press
 * changes nothing, and says that the order no longer waits for the action.
 */
export function actionRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { audit, store, queues, log } = options;

  server.post('/orders/:agentId/:orderId/actions', async (request, reply) => {
    const asked = actionForm.safeParse(request.body);
    if (!asked.success)
      return refuse(options, reply, { status: 400, message: 'The form of this action is not complete.' });
    if (lacksNote(asked.data)) {
      const message = 'Say what should change, or why you decline to deliver.';
      return refuse(options, reply, { status: 400, message });
    }
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const by = signedIn(request).name;
    const fact = factOfAction(order, asked.data, by);
    if (fact === null) {
      const message = `The order does not wait for "${asked.data.action}" any more. Somebody else may have pressed it, or the order went on. Nothing was changed.`;
      return refuse(options, reply, { status: 409, message, backTo: orderPath(order.ref) });
    }
    await store.append(order.ref, [fact]);
    await queues.poke(order.ref, 'operator');
    log.info(
      { ...order.ref, action: asked.data.action, attention: asked.data.attention, by },
      'operator acted',
    );
    return reply.redirect(orderPath(order.ref), 303);
  });

  server.post('/orders/:agentId/:orderId/reconcile', async (request, reply) => {
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const { orderId } = order.ref;
    const askedAt = await store.now();
    await audit.write({ by: signedIn(request).name, action: 'read_order', subject: orderId });
    // A hint makes the reconcile read the order, whatever it would need otherwise.
    await store.hint(order.ref, []);
    await queues.poke(order.ref, 'operator');
    await untilRead(options, order.ref, order.record);
    return reply.redirect(`${orderPath(order.ref)}?read=${askedAt}`, 303);
  });
}
