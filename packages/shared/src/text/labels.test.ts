import { describe, expect, test } from 'vitest';
import { MESSAGE_KINDS, STEP_NAMES } from '../facts/kinds.ts';
import { attentionName, roundName, roundTitle, stepNameOf } from './labels.ts';

describe('people read names instead of keys', () => {
  test.each([
    ['0', 'the first version', 'First version'],
    ['2', 'revision 2', 'Revision 2'],
    ['0d', 'the version after the dispute', 'After the dispute'],
    ['1d', 'the version after the dispute of revision 1', 'After the dispute of revision 1'],
  ])('round %s is %s', (round, name, title) => {
    expect([roundName(round), roundTitle(round)]).toEqual([name, title]);
  });

  test.each([
    ['generate:0', 'Generate the first version'],
    ['deliver:1', 'Deliver revision 1'],
    ['deliver:0d', 'Deliver the version after the dispute'],
    ['send.delivered:0', 'Send the delivery message'],
    ['send.revised:2', 'Send the revision message for revision 2'],
    ['send.dispute_received:0d', 'Send the reply to the dispute'],
    ['of_a_later_version:0', 'of_a_later_version:0'],
  ])('step %s is "%s"', (key, name) => {
    expect(stepNameOf(key)).toBe(name);
  });

  test('every step and every message has a name', () => {
    const keys = [...STEP_NAMES.map((name) => `${name}:0`), ...MESSAGE_KINDS.map((kind) => `send.${kind}:0`)];
    for (const key of keys.filter((one) => one !== 'send:0')) expect(stepNameOf(key)).not.toMatch(/[:_]/);
  });

  test.each([
    ['failed:generate:0:0', 'the failed step "Generate the first version"'],
    ['disputed:0d', 'the dispute'],
    ['of_a_later_version:1', 'of a later version'],
  ])('attention %s is %s', (key, name) => {
    expect(attentionName(key)).toBe(name);
  });
});
