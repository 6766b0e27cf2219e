import { ORDER_STAGES, suggestion } from '@fulfillment/shared';
import {
  AMOUNT_FIELDS,
  type Condition,
  type Filter,
  FilterError,
  NUMBER_FIELDS,
  STATES,
  TEXT_FIELDS,
  TIME_FIELDS,
} from './filter.ts';
import { amountCondition, numberCondition, timeCondition } from './parse-value.ts';
import { type Token, tokensOf } from './tokens.ts';

/** The names of qualifiers: `name:value`. */
export const QUALIFIERS = [
  ...TEXT_FIELDS,
  'stage',
  'is',
  ...TIME_FIELDS,
  ...AMOUNT_FIELDS,
  ...NUMBER_FIELDS,
] as const;

/** A longer filter is not one that a person wrote. In UTF-16 units. */
const LONGEST_FILTER = 1000;

/**
 * Reads the text of a search box.
 * @throws FilterError that names the wrong part.
 */
export function parseFilter(text: string): Filter {
  if (text.length > LONGEST_FILTER)
    throw new FilterError(`${text.slice(0, 20)}…`, `a filter has at most ${LONGEST_FILTER} characters.`);
  return tokensOf(text).map(conditionOf);
}

function conditionOf(token: Token): Condition {
  const { name, value, isExact, isNegated, part } = token;
  if (name === null) {
    if (value.trim() === '') throw new FilterError(part, 'a word is missing.');
    return { kind: 'word', text: value, isNegated };
  }
  if (!QUALIFIERS.some((known) => known === name)) {
    const hint = `To find the text itself, put it in quotation marks.`;
    throw new FilterError(part, `"${name}" is not a qualifier. ${suggestion(name, QUALIFIERS)} ${hint}`);
  }
  if (value.trim() === '') throw new FilterError(part, `a value must follow "${name}:".`);
  const textField = TEXT_FIELDS.find((field) => field === name);
  if (textField !== undefined) {
    const text = isExact ? value.slice(1) : value;
    if (text.trim() === '') throw new FilterError(part, `a value must follow "${name}:=".`);
    return { kind: 'text', field: textField, text, isExact, isNegated };
  }
  if (name === 'stage') return { kind: 'stage', stage: oneOf(ORDER_STAGES, token), isNegated };
  if (name === 'is') return { kind: 'state', state: oneOf(STATES, token), isNegated };
  const timeField = TIME_FIELDS.find((field) => field === name);
  if (timeField !== undefined) return timeCondition(timeField, token);
  const amountField = AMOUNT_FIELDS.find((field) => field === name);
  if (amountField !== undefined) return amountCondition(amountField, token);
  const numberField = NUMBER_FIELDS.find((field) => field === name);
  if (numberField !== undefined) return numberCondition(numberField, token);
  throw new FilterError(part, `"${name}" is not a qualifier.`);
}

/** Names may be written with spaces, hyphens or underscores. */
function oneOf<T extends string>(known: readonly T[], { part, value }: Token): T {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '_');
  const found = known.find((name) => plain(name) === plain(value));
  if (found === undefined)
    throw new FilterError(part, `"${value}" is not known. ${suggestion(value, known)}`);
  return found;
}
