import type { Fact, FactOf, Recorded } from '../facts/facts.ts';
import type { OrderRecord } from './record.ts';
import { factOf, factsOf } from './record.ts';
import { type Round, revisionOf } from './rounds.ts';

type BuyerMessage = Recorded<FactOf<'buyer_message'>>;

/** The marketplace's clock and Redis' clock agree within this time, in ms. */
const CLOCKS_AGREE_MS = 60_000;

/**
 * The buyer's feedback for a revision round: the webhook's text, the answer found in the thread,
 * and the messages that answer our question.
 * @returns null when there is no feedback yet.
 */
export function feedbackFor(record: OrderRecord, round: Round): string | null {
  const requested = factsOf(record, 'revision_requested').find((fact) => String(fact.revision) === round);
  const texts = [
    requested?.feedback,
    answerFound(record, round)?.content,
    ...answersTo(record, round).map(({ content }) => content),
  ];
  const parts: string[] = [];
  for (const text of texts) {
    if (text !== undefined && !parts.some((part) => contains(part, text))) parts.push(text);
  }
  return parts.length > 0 ? parts.join('\n\n') : null;
}

/**
 * Whether the handler receives this message as part of a revision's feedback (see `feedbackFor`).
 */
export function isFeedback(record: OrderRecord, message: BuyerMessage): boolean {
  return factsOf(record, 'message_intended').some(
    ({ kind, round }) => kind === 'ask_feedback' && answersTo(record, round).includes(message),
  );
}

/**
 * The buyer's messages that answer our question about a round. They came after the question and
 * before the generation began. A message may reach us later if the answer found in the thread
 * contains it.
 */
function answersTo(record: OrderRecord, round: Round): BuyerMessage[] {
  const askedPlace = record.facts.findIndex((fact) => isQuestion(fact, round));
  const asked = record.facts[askedPlace];
  if (asked === undefined) return [];
  const found = answerFound(record, round);
  const end = endOfAnswers(record, round);
  return record.facts.filter((fact, place): fact is BuyerMessage => {
    if (fact.type !== 'buyer_message' || fact.precedesQuestion || place < askedPlace) return false;
    const wroteAt = fact.sentAt ?? fact.at;
    if (wroteAt < asked.at - CLOCKS_AGREE_MS) return false;
    return (
      place < end ||
      (found !== undefined && contains(found.content, fact.content) && wroteAt <= found.at + CLOCKS_AGREE_MS)
    );
  });
}

/** The answer found in the thread, unless the round's generation began without it. */
function answerFound(record: OrderRecord, round: Round): Recorded<FactOf<'answer_found'>> | undefined {
  const found = factOf(record, 'answer_found', round);
  return found !== undefined && record.facts.indexOf(found) < endOfAnswers(record, round) ? found : undefined;
}

/**
 * The position of the fact that ends the feedback for a round: its generation began, or the round
 * is over. A generation that began before our question ends nothing: Redis lost the feedback since.
 */
function endOfAnswers(record: OrderRecord, round: Round): number {
  const askedPlace = record.facts.findIndex((fact) => isQuestion(fact, round));
  const end = record.facts.findIndex(
    (fact, place) =>
      (fact.type === 'delivered' && fact.round === round) ||
      (place > askedPlace &&
        ((fact.type === 'began' && fact.step === 'generate' && fact.round === round) ||
          showsRoundOver(fact, round))),
  );
  return end === -1 ? record.facts.length : end;
}

function showsRoundOver(fact: Fact, round: Round): boolean {
  if (fact.type !== 'seen') return false;
  const revision = revisionOf(round);
  return (
    fact.revisionCount > revision || (fact.revisionCount === revision && fact.status !== 'revision_requested')
  );
}

function isQuestion(fact: Fact, round: Round): boolean {
  return fact.type === 'message_intended' && fact.kind === 'ask_feedback' && fact.round === round;
}

/**
 * Whether a text is one of the messages that another text consists of. Each message is its own
 * paragraph.
 */
function contains(text: string, part: string): boolean {
  return `\n\n${text}\n\n`.includes(`\n\n${part}\n\n`);
}
