import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MESSAGE_KINDS, STEP_NAMES } from '../facts/kinds.ts';
import { ROUND_PATTERN } from '../record/rounds.ts';
import { runs } from '../test-support/records.ts';
import { parseStepKey, type StepId, stepKey } from './step-key.ts';

const round = fc.stringMatching(ROUND_PATTERN);
const step: fc.Arbitrary<StepId> = fc.oneof(
  fc.record({ name: fc.constantFrom(...STEP_NAMES.filter((name) => name !== 'send')), round }),
  fc.record({ name: fc.constant('send' as const), kind: fc.constantFrom(...MESSAGE_KINDS), round }),
);

test('a step is read back from its key', () => {
  fc.assert(
    fc.property(step, (one) => {
      expect(parseStepKey(stepKey(one))).toEqual(one);
    }),
    runs(300),
  );
});

test('a text that is read as a step is the key of that step', () => {
  const nearly = step.chain((one) => {
    const key = stepKey(one);
    return fc
      .nat(key.length)
      .chain((at) => fc.string({ maxLength: 2 }).map((s) => key.slice(0, at) + s + key.slice(at)));
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      const parsed = parseStepKey(text);
      if (parsed !== null) expect(stepKey(parsed)).toBe(text);
    }),
    runs(500),
  );
});

test.each(['', 'generate', 'send:0', 'generate.delivered:0', 'send.unknown:0', 'unknown:0', 'deliver:x'])(
  '%j is not the key of a step',
  (text) => {
    expect(parseStepKey(text)).toBeNull();
  },
);
