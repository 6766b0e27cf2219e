import type { Fact } from '@fulfillment/shared';
import { deliverableUrl, type ExampleOrder } from '../model/index.ts';
import type { TimedFact } from './timed-fact.ts';

const FAILURES = {
  provider_overloaded: {
    reason: 'The model provider is overloaded (503).',
    stack:
      'ProviderError: the model provider is overloaded (503)\n    at complete (handlers/copy.ts:41:11)\n    at generate (handlers/copy.ts:18:20)',
  },
  content_rejected: {
    reason: 'The image model rejected the prompt: it names a trademark.',
    stack: 'ContentError: the prompt names a trademark\n    at paint (handlers/image.ts:63:9)',
  },
} as const;

/** A try reports its cost when the model answered, also if the try then fails. */
const COSTS_OF_FAILURE = 0.4;

/** When a try does something. */
interface Moment {
  round: string;
  /** In ms since the epoch. */
  at: number;
  /** The number of the try. The first is 0. */
  start?: number;
}

/** The work of the handler on an order. */
export function generationFacts(order: ExampleOrder): TimedFact[] {
  const { plot, times, service } = order;
  const { beganAt } = times;
  if (beganAt === null || plot === 'late') return [];
  const end = beganAt + service.runSeconds * 1000;
  switch (plot) {
    case 'generating':
      return [began(order, { round: '0', at: beganAt })];
    case 'provider_overloaded':
    case 'content_rejected':
      return failedTries(order, beganAt);
    case 'refunded':
      return [began(order, { round: '0', at: beganAt }), ...used(order, { round: '0', at: end })];
    case 'draft_waits':
      return work(order, { round: '0', at: beganAt }, true);
    case 'delivery_failed':
      return [...work(order, { round: '0', at: beganAt }), failedDelivery(end)];
    case 'paid_out_after_revision':
      return [...work(order, { round: '0', at: beganAt }), ...revisionWork(order)];
    default:
      return work(order, { round: '0', at: beganAt });
  }
}

function revisionWork(order: ExampleOrder): TimedFact[] {
  const { answeredAt } = order.times;
  return answeredAt === null ? [] : work(order, { round: '1', at: answeredAt + 5000 });
}

/** One try that succeeds. `review`: an operator reviews the draft before the delivery. */
function work(order: ExampleOrder, { round, at }: Moment, review = false): TimedFact[] {
  const { service } = order;
  const end = at + service.runSeconds * 800;
  const products = [{ url: deliverableUrl(order, Number(round)), mediaType: service.mediaType }];
  const fact: Fact = { type: 'generated', round, handler: service.handler, products, draft: 0, review };
  return [began(order, { round, at }), ...used(order, { round, at: end - 200 }), { at: end, fact }];
}

function began({ service }: ExampleOrder, { round, at, start = 0 }: Moment): TimedFact {
  return {
    at,
    fact: { type: 'began', step: 'generate', round, attempt: 0, start, handler: service.handler },
  };
}

function used({ service, costUsd }: ExampleOrder, { round, at, start = 0 }: Moment): TimedFact[] {
  const isText = service.usage?.images === null;
  const fact: Fact = {
    type: 'used',
    step: 'generate',
    round,
    attempt: 0,
    start,
    index: 0,
    what: service.usage?.what ?? 'crawler',
    inputTokens: isText ? 18_400 : null,
    cachedInputTokens: isText ? 12_100 : null,
    outputTokens: isText ? 2300 : null,
    images: service.usage?.images ?? null,
    costUsd,
  };
  return [{ at, fact }];
}

function failedTries(order: ExampleOrder, beganAt: number): TimedFact[] {
  const { reason, stack } =
    FAILURES[order.plot === 'content_rejected' ? 'content_rejected' : 'provider_overloaded'];
  const kind = order.plot === 'content_rejected' ? 'permanent' : 'transient';
  const starts = kind === 'permanent' ? [0] : [0, 1];
  const cheaper = {
    ...order,
    costUsd: order.costUsd && Number((order.costUsd * COSTS_OF_FAILURE).toFixed(4)),
  };
  const tries = starts.flatMap((start): TimedFact[] => {
    const at = beganAt + start * 90_000;
    const fact: Fact = {
      type: 'try_failed',
      step: 'generate',
      round: '0',
      attempt: 0,
      start,
      kind,
      reason,
      stack,
    };
    return [
      began(order, { round: '0', at, start }),
      ...used(cheaper, { round: '0', at: at + 20_000, start }),
      { at: at + 21_000, fact },
    ];
  });
  const failed: Fact = { type: 'failed', stepKey: 'generate:0', attempt: 0, reason };
  return [...tries, { at: beganAt + starts.length * 90_000, fact: failed }];
}

function failedDelivery(at: number): TimedFact {
  const reason = 'The marketplace rejected the delivery: the file is larger than 50 MB (413).';
  return { at, fact: { type: 'failed', stepKey: 'deliver:0', attempt: 0, reason } };
}
