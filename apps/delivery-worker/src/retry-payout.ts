import { AtelierError, ConflictError, NotFoundError, ValidationError } from '@atelier-ai/sdk';
import { describeError, type JobContext } from '@fulfillment/platform';
import { type FactOf, isWanted, type Payload, type Step, unansweredPayoutRetry } from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';

type Answer = Pick<FactOf<'payout_retry_answered'>, 'outcome' | 'reason'>;

/**
 * The step `payout_retry`: an operator has the marketplace send a payout again. A second request
 * does no harm: the marketplace answers 409 for a payout that was sent meanwhile.
 */
export async function retryPayout(
  { runtime }: Delivery,
  payload: Payload<'delivery', 'payout_retry'>,
  context: JobContext,
): Promise<void> {
  const { agentId, orderId, round, attempt } = payload;
  const ref = { agentId, orderId };
  const { store, marketplace, policy, reconciler } = runtime;
  const step = { name: 'payout_retry', round, attempt } as const satisfies Step;

  const record = await store.load(ref);
  if (record === null || !isWanted(record, policy, step, record.loadedAt)) return;
  const asked = unansweredPayoutRetry(record);
  if (asked === null) return;
  const { index } = asked;
  const answer = await ask(() => marketplace.retryPayout(ref));
  context.log.info(answer, 'payout retry answered');
  const noted = await store.appendAndLoad(ref, [{ type: 'payout_retry_answered', index, ...answer }]);
  // The payout may have been sent. The order shows it.
  const after =
    answer.outcome === 'already_paid' ? (await reconciler.observe(noted, context.signal)).record : noted;
  await reconciler.reconcile(ref, after);
}

const NO_WALLET = 422;

/**
 * @throws an error that says nothing about the payout: an outage, a call held back by the budget, a
 * denial.
 */
async function ask(call: () => Promise<void>): Promise<Answer> {
  try {
    await call();
    return { outcome: 'accepted', reason: '' };
  } catch (error) {
    const reason = describeError(error);
    if (error instanceof ConflictError) return { outcome: 'already_paid', reason };
    if (error instanceof AtelierError && error.status === NO_WALLET) return { outcome: 'no_wallet', reason };
    const isRejected = error instanceof ValidationError || error instanceof NotFoundError;
    if (isRejected) return { outcome: 'rejected', reason };
    throw error;
  }
}
