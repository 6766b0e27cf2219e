import {
  type OrderRecord,
  type OrderRef,
  roundName,
  type StepName,
  sentenceStart,
  withdrawableRelease,
} from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signedIn } from '../../access/rights.ts';
import { orderPath } from '../../board.ts';
import type { AdminOptions } from '../../options.ts';
import { type Html, html } from '../../page/html.ts';
import { refuse } from '../../refusal.ts';
import { findOrder } from '../find-order.ts';

/** The time of the release identifies it: two facts of one order have different times or keys. */
const form = z.object({ releasedAt: z.coerce.number(), attention: z.string().max(300) });

/** The steps that begin after a release. */
const CALLS_HANDLER: readonly StepName[] = ['price', 'generate'];

/** A way to take the last release back, while no handler has begun the round. */
export function withdrawReleaseForm(ref: OrderRef, record: OrderRecord): Html | false {
  const release = withdrawableRelease(record);
  if (release === null) return false;
  const { by, round, at, attentionKey = '' } = release;
  return html`<form class="actions" id="withdraw-release" method="post" action="${orderPath(ref)}/withdraw-release">
    <p>${sentenceStart(by)} released ${roundName(round)}. No handler has begun it.</p>
    <input type="hidden" name="releasedAt" value="${at}">
    <input type="hidden" name="attention" value="${attentionKey}">
    <button class="small">Take the release back</button>
  </form>`;
}

/**
 * Takes a release back. A handler that begins at the same moment is aborted, and its output is not
 * delivered. If the service was unknown, the handler goes on, and the answer says so.
 */
export function releaseRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store, queues, log } = options;

  server.post('/orders/:agentId/:orderId/withdraw-release', async (request, reply) => {
    const asked = form.safeParse(request.body);
    if (!asked.success)
      return refuse(options, reply, { status: 400, message: 'The form does not name a release.' });
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const { ref, record } = order;
    const release = withdrawableRelease(record);
    const isSame =
      release?.at === asked.data.releasedAt && (release.attentionKey ?? '') === asked.data.attention;
    if (release === null || !isSame) {
      const message = 'The release was taken back already, or a handler has begun. Nothing was changed.';
      return refuse(options, reply, { status: 409, message, backTo: orderPath(ref) });
    }
    const { round, attentionKey, again } = release;
    const by = signedIn(request).name;
    const key = {
      ...(attentionKey !== undefined && { attentionKey }),
      ...(again !== undefined && { again }),
    };
    await store.append(ref, [{ type: 'operator_release_withdrawn', round, ...key, by }]);
    await store.announceChange(ref);
    await queues.poke(ref, 'operator');
    log.info({ ...ref, round, by }, 'operator took a release back');
    // An order keeps its handler: an unknown service does not hold it any more.
    const now = await findOrder(options, ref);
    if (now?.decision.steps.some((step) => step.round === round && CALLS_HANDLER.includes(step.name))) {
      const message = 'A handler has begun the round, and goes on. Stop its work on the page of the order.';
      return refuse(options, reply, { status: 409, message, backTo: orderPath(ref) });
    }
    return reply.redirect(orderPath(ref), 303);
  });
}
