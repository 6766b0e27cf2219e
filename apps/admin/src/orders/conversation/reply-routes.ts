import {
  acceptsMessages,
  factsOf,
  MAX_MESSAGE_UNITS,
  nextReplyNumber,
  type OrderRecord,
  type Reply,
  repliesOf,
} from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signedIn } from '../../access/rights.ts';
import { orderPath } from '../../board.ts';
import type { AdminOptions } from '../../options.ts';
import { refuse } from '../../refusal.ts';
import { findOrder } from '../find-order.ts';
import { typedText } from '../typed-text.ts';

const number = z.coerce.number().int().nonnegative();
const replyForm = z.object({ number, content: typedText(MAX_MESSAGE_UNITS) });
const withdrawForm = z.object({ number });

/**
 * An operator's message to the buyer, and its withdrawal. The form names the number of its message,
 * so that a second press, a reload, or another operator's message in between sends nothing twice.
 */
export function replyRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store, queues, log } = options;

  server.post('/orders/:agentId/:orderId/messages', async (request, reply) => {
    const form = replyForm.safeParse(request.body);
    if (!form.success || form.data.content === '') {
      const message = `Write a message of 1 to ${MAX_MESSAGE_UNITS} characters. Nothing was sent.`;
      return refuse(options, reply, { status: 400, message });
    }
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const { ref, record } = order;
    const backTo = `${orderPath(ref)}#conversation`;
    const { content } = form.data;
    const by = signedIn(request).name;
    if (record.snapshot === null || !acceptsMessages(record.snapshot.status)) {
      const message = `In this status, Atelier takes no message. Nothing was sent. Your text: ${content}`;
      return refuse(options, reply, { status: 409, message, backTo });
    }
    if (isLastReply(record, { content, by })) return reply.redirect(backTo, 303);
    const isNew = form.data.number === nextReplyNumber(record);
    if (isNew) await store.append(ref, [{ type: 'operator_message', number: form.data.number, content, by }]);
    const after = await store.load(ref);
    const kept = after && repliesOf(after).find((one) => one.number === form.data.number);
    if (kept?.by !== by || kept.content !== content) {
      const other = kept ? `${kept.by} wrote meanwhile: "${kept.content}". ` : '';
      const message = `${other}Your text was not sent: ${content}`;
      return refuse(options, reply, { status: 409, message, backTo });
    }
    await queues.poke(ref, 'operator');
    if (isNew) log.info({ ...ref, number: form.data.number, by }, 'operator wrote to the buyer');
    return reply.redirect(backTo, 303);
  });

  server.post('/orders/:agentId/:orderId/messages/withdraw', async (request, reply) => {
    const form = withdrawForm.safeParse(request.body);
    if (!form.success)
      return refuse(options, reply, { status: 400, message: 'Choose the message to withdraw.' });
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const { ref, record } = order;
    const { number: wanted } = form.data;
    const by = signedIn(request).name;
    const stateIn = (now: OrderRecord) => repliesOf(now).find((one) => one.number === wanted)?.state;
    if (stateIn(record) === 'queued') {
      await store.append(ref, [{ type: 'operator_message_withdrawn', number: wanted, by }]);
      await queues.poke(ref, 'operator');
    }
    const backTo = `${orderPath(ref)}#conversation`;
    const after = await store.load(ref);
    if (after !== null && stateIn(after) === 'withdrawn') return reply.redirect(backTo, 303);
    const message = 'The message is not withdrawn, because its sending has begun.';
    return refuse(options, reply, { status: 409, message, backTo });
  });
}

/**
 * Whether these are the operator's last words on the order. A second press may come after the page
 * has got the number of the next message.
 */
function isLastReply(record: OrderRecord, { content, by }: Pick<Reply, 'content' | 'by'>): boolean {
  const last = repliesOf(record).at(-1);
  if (last === undefined || last.content !== content || last.by !== by) return false;
  const isOnItsWay = last.state !== 'withdrawn' && last.state !== 'given_up';
  return isOnItsWay && !factsOf(record, 'buyer_message').some(({ at }) => at > last.at);
}
