import type { GenerateContext } from '../types.ts';

/**
 * The longest text in a variable, in bytes. Linux takes 128 KiB for one variable, and some systems
 * take 1 MiB for all.
 */
const LONGEST_VARIABLE = 60_000;

/** The job as JSON, for another program or service. */
export function jobOf({ order, round, feedback, note, isDispute, draft, earlier }: GenerateContext): string {
  return JSON.stringify({ order, round, feedback, note, isDispute, draft, earlier });
}

/**
 * The job as variables, for programs that prefer them: only its texts, cut to the longest length of
 * a variable.
 */
export function jobVariables({ order, round, feedback, note, isDispute }: GenerateContext) {
  return {
    FULFILLMENT_ORDER_ID: order.id,
    FULFILLMENT_ROUND: String(round),
    FULFILLMENT_IS_DISPUTE: isDispute ? '1' : '',
    FULFILLMENT_SERVICE_TITLE: variable(order.serviceTitle),
    FULFILLMENT_BRIEF: variable(order.brief),
    FULFILLMENT_FEEDBACK: variable(feedback),
    FULFILLMENT_NOTE: variable(note),
    FULFILLMENT_ANSWERS: variable(JSON.stringify(order.requirementAnswers)),
    FULFILLMENT_REFERENCE_URLS: variable(order.referenceUrls.join('\n')),
  };
}

/**
 * A text that fits into a variable: cut to the longest length, and without the NUL character, which
 * would end it.
 */
function variable(text: string | null): string {
  const bytes = Buffer.from((text ?? '').replaceAll('\0', ''), 'utf8');
  if (bytes.length <= LONGEST_VARIABLE) return bytes.toString('utf8');
  // Decoded as a stream, so that no half of a character is left at the end.
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_VARIABLE), { stream: true });
}
