import {
  type FactOf,
  factKey,
  factsOf,
  isOutputByHand,
  type OrderRecord,
  type Recorded,
  toMicros,
} from '@fulfillment/shared';
import type { Waste } from '../../database/money-schema.ts';
import type { CostRow } from '../../database/schema.ts';
import { isSameStart } from '../same-start.ts';
import type { ProjectionSource } from '../source.ts';
import { redacted, redactedOrNull, storable } from '../text.ts';

type Used = Recorded<FactOf<'used'>>;
type Began = Recorded<FactOf<'began'>>;

/** Each report of a handler about what a call cost. */
export function projectCosts(key: string, { record, summary }: ProjectionSource): CostRow[] {
  return factsOf(record, 'used').map((use) => ({
    order_key: key,
    fact_key: storable(factKey(use)),
    at: use.at,
    handler: redactedOrNull(beginningOf(record, use)?.handler ?? lastHandler(record, use)),
    step: use.step,
    round: use.round,
    model: redacted(use.what),
    input_tokens: use.inputTokens,
    cached_input_tokens: use.cachedInputTokens,
    output_tokens: use.outputTokens,
    images: use.images,
    cost_micros: use.costUsd === null ? null : toMicros(use.costUsd),
    waste: wasteOf(record, use, summary.stage),
  }));
}

/** The beginning of the step that a report belongs to. */
function beginningOf(record: OrderRecord, use: Used): Began | undefined {
  // The question whether an operator reviews a draft is part of its generation.
  const step = use.step === 'review' ? 'generate' : use.step;
  return factsOf(record, 'began').find((began) => began.step === step && isSameStart(began, use));
}

function lastHandler(record: OrderRecord, use: Used): string | null {
  const before = record.facts.slice(0, record.facts.indexOf(use));
  const named = before.findLast((fact) => 'handler' in fact);
  return named !== undefined && 'handler' in named ? named.handler : null;
}

/** Why a report led to no delivery, as far as this is known now. Null: it did, or still may. */
function wasteOf(record: OrderRecord, use: Used, stage: string): Waste | null {
  if (stage === 'cancelled') return 'cancelled';
  const hasFailed = factsOf(record, 'try_failed').some(
    (tried) => tried.step === use.step && isSameStart(tried, use),
  );
  const isStopped = factsOf(record, 'operator_stopped').some(
    (stop) => stop.stepKey === `${use.step}:${use.round}` && stop.attempt === use.attempt,
  );
  if (hasFailed || isStopped) return 'failed';
  const isDeclined = factsOf(record, 'refused').some(
    ({ step, attempt }) => step === use.step && attempt === use.attempt,
  );
  if (isDeclined) return 'declined';
  return use.step === 'price' ? null : wasteOfOutput(record, use);
}

/** Of all the tries of a round, only the try of its last draft led to the delivery. */
function wasteOfOutput(record: OrderRecord, use: Used): Waste | null {
  const generated = factsOf(record, 'generated').filter(({ round }) => round === use.round);
  const last = generated.at(-1);
  const began = beginningOf(record, use);
  if (last === undefined || began === undefined) return null;
  const place = record.facts.indexOf(began);
  const own = generated.find((output) => record.facts.indexOf(output) > place);
  if (own === undefined) return null;
  // The files of an operator replaced the output of the handler.
  if (isOutputByHand(own)) return 'failed';
  const productive = record.facts
    .slice(0, record.facts.indexOf(own))
    .findLast((fact) => fact.type === 'began' && fact.step === 'generate' && fact.round === use.round);
  if (productive !== began) return 'failed';
  return own === last ? null : 'regenerated';
}
