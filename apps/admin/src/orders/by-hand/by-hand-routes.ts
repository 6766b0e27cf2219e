import { DiskError, InvalidOutputError } from '@fulfillment/artifacts';
import { answerAttention } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { signedIn } from '../../access/rights.ts';
import { orderPath } from '../../board.ts';
import type { AdminOptions } from '../../options.ts';
import { refuse } from '../../refusal.ts';
import { numbered } from '../actions.ts';
import { findOrder } from '../find-order.ts';
import { filesTaken } from './files-taken.ts';
import { type ReceivedUpload, receiveUpload } from './receive-upload.ts';

/**
 * Takes files and URLs by an operator as the output of a round (see `filesTakenBy`). The fact says
 * that they are there, so that no worker generates the round instead.
 */
export function byHandRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store, queues, policy, artifacts, artifactsDir, log } = options;

  server.post('/orders/:agentId/:orderId/by-hand', async (request, reply) => {
    if (!request.isMultipart())
      return refuse(options, reply, { status: 400, message: 'Send the files with the form of the order.' });
    const order = await findOrder(options, request.params);
    if (order === null) return refuse(options, reply, { status: 404, message: 'There is no such order.' });
    const { ref, record } = order;
    const backTo = orderPath(ref);
    const wanted = filesTaken(order);
    const movedOn = 'The order does not wait for files any more. Nothing was delivered.';
    if (wanted === null) return refuse(options, reply, { status: 409, message: movedOn, backTo });
    const { item, round, action, attempt } = wanted;
    const by = signedIn(request).name;
    const end = new AbortController();
    request.raw.once('close', () => {
      if (!request.raw.complete) end.abort(new Error('the upload broke off'));
    });
    let upload: ReceivedUpload;
    try {
      const place = { artifactsDir, artifacts, record, round, attempt, policy };
      upload = await receiveUpload(request.parts(), { ...place, signal: end.signal });
    } catch (error) {
      // A browser shows the answer only after it has sent the rest of the files.
      request.raw.resume();
      if (error instanceof InvalidOutputError) {
        const message = `Nothing was delivered: ${error.message}.`;
        return refuse(options, reply, { status: 400, message, backTo });
      }
      if (!(error instanceof DiskError)) throw error;
      const message = `Nothing was delivered: the folder ARTIFACTS_DIR takes no files (${error.message}).`;
      return refuse(options, reply, { status: 503, message, backTo, heading: 'The disk takes no files' });
    }
    if (upload.count === 0) {
      await upload.remove();
      const message = 'Choose a file, or write a URL. Nothing was delivered.';
      return refuse(options, reply, { status: 400, message, backTo });
    }
    const now = await findOrder(options, request.params);
    const isSame = now !== null && filesTaken(now)?.item.key === item.key;
    const mayKeep = isSame && upload.fields.get('attention') === item.key;
    if (mayKeep) await upload.seal();
    const fact = answerAttention(item, { action, note: '', message: '', byHand: upload.id }, by);
    // If the answer of Redis is lost, the files stay: the fact may be written.
    if (!mayKeep || fact === null || (await store.append(ref, [numbered(fact, now.record)])) === 0) {
      await upload.remove();
      return refuse(options, reply, { status: 409, message: movedOn, backTo });
    }
    await queues.poke(ref, 'operator');
    log.info({ ...ref, round, deliverables: upload.count, by }, 'operator delivers by hand');
    return reply.redirect(backTo, 303);
  });
}
