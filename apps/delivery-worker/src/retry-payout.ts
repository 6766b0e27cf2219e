import { AtelierError, ConflictError, NotFoundError, ValidationError } from '@atelier-ai/sdk';
import { describeError, type StepRun } from '@fulfillment/platform';
import { type Fact, type FactOf, unansweredPayoutRetry } from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';

type Answer = Pick<FactOf<'payout_retry_answered'>, 'outcome' | 'reason'>;

/**
 * The step `payout_retry`: an operator has the marketplace send a payout again. A second request
 * does no harm: the marketplace answers 409 for a payout that was sent meanwhile.
 */
export async function retryPayout(run: StepRun<'payout_retry'>, { runtime }: Delivery): Promise<Fact[]> {
  const asked = unansweredPayoutRetry(run.record);
  if (asked === null) return [];
  const answer = await ask(() => runtime.marketplace.retryPayout(run.ref));
  run.log.info(answer, 'payout retry answered');
  await run.append({ type: 'payout_retry_answered', index: asked.index, ...answer });
  // The payout may have been sent. The order shows it.
  if (answer.outcome === 'already_paid') await run.observe();
  return [];
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
