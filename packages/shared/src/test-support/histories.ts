import fc from 'fast-check';
import { answerAttention } from '../attention/answer-attention.ts';
import type { Attention } from '../attention/attention.ts';
import type { AttentionAction } from '../attention/attention-actions.ts';
import type { MessageKind } from '../facts/kinds.ts';
import { attemptOf } from '../record/attempts.ts';
import { factsOf } from '../record/record.ts';
import { ModelMarket } from './model-market.ts';
import { type Ending, ModelSystem, type Moment } from './model-system.ts';
import { policyOf, runs } from './records.ts';

/**
 * An event: on the marketplace, on the way to us, in a worker, by an operator, or the passing of
 * time.
 */
type Happening = (market: ModelMarket, system: ModelSystem) => void;

const shown = (name: string, happening: Happening): Happening =>
  Object.assign(happening, { [fc.toStringMethod]: () => name });

const buyer = fc.constantFrom<Happening[]>(
  shown('pays', (market) => market.pay()),
  shown('cancels', (market) => market.cancel()),
  shown('lets the workspace expire', (market) => market.expire()),
  shown('asks a revision', (market) => market.askRevision('Make it blue.')),
  shown('disputes', (market) => market.dispute('It is a dog.')),
  shown('writes', (market) => market.write('Hello?')),
  shown('payment overwrites the delivery', (market) => market.overwrite()),
  shown('approves', (market) => market.approve(true)),
  shown('approves, payout fails', (market) => market.approve(false)),
);

/** Each webhook arrives late, repeatedly, out of order, or never. */
const webhook = fc.nat(8).map((index) => shown(`webhook ${index}`, (_market, system) => system.hear(index)));

const system = fc.constantFrom<Happening[]>(
  shown('poll', (_market, ours) => ours.poll()),
  shown('poll gets an old answer', (_market, ours) => ours.pollOldAnswer()),
  shown('reconcile', (_market, ours) => void ours.reconcile()),
);

const worker = fc
  .tuple(
    fc.nat(3),
    fc.constantFrom<Ending[]>('works', 'works', 'fails', 'declines', 'dies_before_fact', 'dies_after_fact'),
  )
  .map(([index, ending]) => shown(`worker ${ending}`, (_market, ours) => ours.work(index, ending)));

const time = fc
  .constantFrom(1, 31, 120, 3 * 60, 50 * 60)
  .map((minutes) => shown(`${minutes} min`, (_market, ours) => ours.pass(minutes)));

const operator = fc.constantFrom<Happening[]>(
  shown('retries', (_market, ours) => {
    for (const failed of factsOf(ours.record, 'failed')) {
      const { stepKey, attempt } = failed;
      ours.append({ type: 'operator_retried', stepKey, attempt, by: 'operator' });
    }
  }),
  shown('asks for the payout', (_market, ours) => {
    for (const attention of ours.reconcile().attention) answer(ours, attention, ['retry_payout']);
  }),
  shown('releases', (_market, ours) => {
    const { round } = ours.reconcile();
    if (round !== null) ours.append({ type: 'operator_released', round, by: 'operator' });
  }),
);

const happening = fc.oneof(
  { arbitrary: buyer, weight: 3 },
  { arbitrary: webhook, weight: 3 },
  { arbitrary: system, weight: 4 },
  { arbitrary: worker, weight: 6 },
  { arbitrary: time, weight: 1 },
  { arbitrary: operator, weight: 1 },
);

const text = (kind: MessageKind) => fc.constantFrom<(string | null)[]>(`${kind}!`, null);

export const policies = fc
  .record({
    revisionWithoutFeedback: fc.constantFrom<('ask' | 'fulfil' | 'hold')[]>('ask', 'fulfil', 'hold'),
    beyondMaxRevisions: fc.constantFrom<('fulfil' | 'hold')[]>('fulfil', 'hold'),
    dispute: fc.constantFrom<('attention' | 'redeliver')[]>('attention', 'redeliver'),
    messages: fc.record({ ask_feedback: text('ask_feedback'), delivered: text('delivered') }),
  })
  .map((input) => policyOf(input));

/** A marketplace and a system with a shared history. */
export interface Past {
  market: ModelMarket;
  system: ModelSystem;
}

/**
 * The start of a history: a new order, or a delivered order whose revision is seen without its
 * text.
 */
const beginnings = fc.constantFrom<('pending_quote' | 'quoted' | 'paid' | 'delivered' | 'revision')[]>(
  'pending_quote',
  'quoted',
  'paid',
  'delivered',
  'revision',
);

function begin(beginning: 'delivered' | 'revision', { market, system: ours }: Past): void {
  ours.poll();
  ours.runToRest(6);
  if (beginning === 'delivered') return;
  market.askRevision('Make it red.');
  ours.poll();
  ours.pass(1);
  ours.reconcile();
}

/** Generated histories of one order. */
export const pasts: fc.Arbitrary<Past> = fc
  .record({
    beginning: beginnings,
    policy: policies,
    hasUrls: fc.boolean(),
    happenings: fc.array(happening, { maxLength: 60, size: 'max' }),
  })
  .map(({ beginning, policy, hasUrls, happenings }) => {
    const isLater = beginning === 'delivered' || beginning === 'revision';
    const market = new ModelMarket(isLater ? 'paid' : beginning);
    const past = { market, system: new ModelSystem(market, policy, hasUrls) };
    if (isLater) begin(beginning, past);
    for (const happens of happenings) happens(market, past.system);
    past.system.reconcile();
    return past;
  });

/** Takes the first of these actions that the attention offers. False: it offers none of them. */
function answer(ours: ModelSystem, attention: Attention, actions: readonly AttentionAction[]): boolean {
  const action = actions.find((one) => attention.actions.includes(one));
  if (action === undefined) return false;
  const fact = answerAttention(attention, { action, note: '', message: '' }, 'operator');
  if (fact === null) throw new Error(`${attention.key} does not offer ${action}`);
  ours.append(fact);
  return true;
}

/** Retries every failure and releases every hold, until nothing waits for a human. */
export function operatorClears({ system: ours }: Past): void {
  for (let turn = 0; turn < 20; turn += 1) {
    const { attention } = ours.runToRest();
    const answers = attention.filter((item) => answer(ours, item, ['retry', 'release']));
    if (answers.length === 0) return;
  }
  throw new Error(`an operator cannot clear it: ${attemptOf(ours.record, { name: 'deliver', round: '0' })}`);
}

/** Checks a property of every decision about every history. */
export function always(check: (moment: Moment) => void): void {
  fc.assert(
    fc.property(pasts, ({ system: { moments } }) => {
      for (const moment of moments) check(moment);
    }),
    runs(200),
  );
}
