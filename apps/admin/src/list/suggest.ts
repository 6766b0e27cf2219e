import { type Ledger, QUALIFIERS, STATES, type SuggestedField } from '@fulfillment/ledger';

const MOST = 12;
/** The qualifiers whose values come from the orders. */
const FIELDS: readonly SuggestedField[] = ['agent', 'handler', 'service', 'buyer'];
/** Values that show how a qualifier with a free value is written. */
const EXAMPLES: Record<string, readonly string[]> = {
  due: ['<4h', '<1d'],
  paid: ['<7d', '<30d'],
  price: ['>50', '>100'],
  cost: ['>1', '>10'],
  margin: ['<0', '>50'],
};

/**
 * How a search text can continue: whole texts, with the last word completed.
 * @returns at most a dozen, the best first. Empty if nothing fits.
 */
export async function suggest(ledger: Ledger, text: string): Promise<string[]> {
  const [, before = '', sign = '', last = ''] = /^(.*?)(-?)([^\s"]*)$/s.exec(text) ?? [];
  const [name = '', value] = last.split(':', 2);
  const endings =
    value === undefined
      ? QUALIFIERS.filter((known) => known.startsWith(name.toLowerCase())).map((known) => `${known}:`)
      : (await valuesOf(ledger, name))
          .filter((known) => known.toLowerCase().includes(value.toLowerCase()))
          .map((known) => `${name}:${/\s/.test(known) ? JSON.stringify(known) : known}`);
  return endings.slice(0, MOST).map((ending) => `${before}${sign}${ending}`);
}

async function valuesOf(ledger: Ledger, name: string): Promise<readonly string[]> {
  if (name === 'is') return STATES;
  const field = FIELDS.find((known) => known === name);
  return field === undefined ? (EXAMPLES[name] ?? []) : ledger.suggest(field);
}
