import { StepWorker, type WriteRun } from '@fulfillment/platform';
import { type Fact, type Step, stepKey } from '@fulfillment/shared';
import { deliver } from './deliver.ts';
import type { Delivery } from './dependencies.ts';
import { publish } from './publish.ts';
import { quote } from './quote.ts';
import { retryPayout } from './retry-payout.ts';
import { send } from './send.ts';

/** Starts the workers that make all writes to the marketplace. */
export function startDelivery(delivery: Delivery, concurrency: number): void {
  const { runtime } = delivery;
  const steps = new StepWorker(runtime);
  const message = {
    name: 'send',
    work: (run: WriteRun<'send'>) => send(run, delivery),
    failed,
  } as const;
  runtime.startWorker({
    queue: 'delivery',
    concurrency,
    processors: {
      quote: steps.once('quote', (run) => quote(run, delivery)),
      publish: steps.once('publish', (run) => publish(run, delivery)),
      deliver: steps.once('deliver', (run) => deliver(run, delivery), message),
      payout_retry: steps.repeatable('payout_retry', (run) => retryPayout(run, delivery)),
    },
    giveUp: steps.giveUp(failed),
  });
  runtime.startWorker({
    queue: 'messages',
    concurrency,
    processors: { send: steps.once('send', message.work) },
    giveUp: steps.giveUp(failed),
  });
}

function failed(step: Step, reason: string): Fact[] {
  if (step.name === 'send') {
    const { kind, round } = step;
    return [{ type: 'message_dropped', kind, round, reason }];
  }
  const text = `The step "${step.name}" failed for good: ${reason}`;
  return [{ type: 'failed', stepKey: stepKey(step), attempt: step.attempt, reason: text }];
}
