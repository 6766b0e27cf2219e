import { describe, expect, test } from 'vitest';
import { orderRow } from '../test-support/records.ts';
import { buyerLabel, buyerName, orderTitle } from './naming.ts';
import { parseOrder } from './order.ts';

const order = (fields: Record<string, unknown>) => parseOrder(orderRow(fields));
const FAMILY = '👨‍👩‍👧‍👦';

describe('an order is called', () => {
  test.each([
    ['by the title of its service', { service_title: 'A portrait' }, 'A portrait'],
    [
      "by its brief's first words when it came from a bounty",
      { service_title: null, brief: 'A red  kite\nin the sky' },
      'A red kite in the sky',
    ],
    [
      'by whole words of a long brief',
      { service_title: ' ', brief: 'word '.repeat(50) },
      `${'word '.repeat(11).trim()}…`,
    ],
    [
      'by the first characters of a brief without blanks',
      { service_title: null, brief: 'x'.repeat(500) },
      `${'x'.repeat(59)}…`,
    ],
    ['nothing when it has neither', { service_title: null, brief: ' ' }, null],
  ])('%s', (_, fields, title) => {
    expect(orderTitle(order(fields))).toBe(title);
  });

  test('by whole characters, so that no part of an emoji is lost', () => {
    const title = orderTitle(order({ service_title: null, brief: FAMILY.repeat(30) })) ?? '';
    expect(title.replaceAll(FAMILY, '')).toBe('…');
  });
});

describe('a buyer is called', () => {
  const all = {
    client_display_name: 'Ada L.',
    client_name: 'Ada',
    client_username: 'ada',
    client_wallet: `0x${'a1'.repeat(20)}`,
  };
  test.each([
    ['by the display name', {}, 'Ada L.', 'Ada L.'],
    ['by the name', { client_display_name: ' ' }, 'Ada', 'Ada'],
    ['by the user name', { client_display_name: null, client_name: null }, 'ada', 'ada'],
    [
      'by a shortened wallet, in no message',
      { client_display_name: null, client_name: null, client_username: null },
      null,
      '0xa1a1…a1a1',
    ],
    [
      'nothing without any of them',
      { client_display_name: null, client_name: null, client_username: null, client_wallet: null },
      null,
      null,
    ],
  ])('%s', (_, missing, name, label) => {
    const shown = order({ ...all, ...missing });
    expect(buyerName(shown)).toBe(name);
    expect(buyerLabel(shown)).toBe(label);
  });
});
