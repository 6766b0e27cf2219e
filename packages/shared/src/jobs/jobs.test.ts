import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MESSAGE_KINDS } from '../facts/kinds.ts';
import { idSchema } from '../order/order.ts';
import { ROUND_PATTERN } from '../record/rounds.ts';
import { runs } from '../test-support/records.ts';
import { JOBS, jobFor, LONGEST_RETRY_WAIT, QUEUE_NAMES, RETRIES } from './jobs.ts';
import type { Step } from './steps.ts';
import { sameStep } from './steps.ts';

const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
  // Ids that look like parts of a job id.
  fc
    .array(fc.constantFrom('a', '-', '0', 'deliver', '_', '1d'), { minLength: 1, maxLength: 6 })
    .map((a) => a.join('')),
);
const round = fc.constantFrom('0', '0d', '1', '1d', '10');
const attempt = fc.nat(11);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    name: fc.constantFrom('price' as const, 'quote', 'generate', 'publish', 'deliver'),
    round,
    attempt,
  }),
  fc.record({ name: fc.constant('send' as const), kind: fc.constantFrom(...MESSAGE_KINDS), round, attempt }),
);
const asked = fc.record({ agentId: id, orderId: id, step });

test('two different steps never share a job id, and the same step always has the same id', () => {
  fc.assert(
    fc.property(asked, asked, (a, b) => {
      const isSame = a.agentId === b.agentId && a.orderId === b.orderId && sameStep(a.step, b.step);
      const [one, other] = [a, b].map(({ step: it, ...ref }) => jobFor(ref, it).jobId);
      expect(one === other).toBe(isSame);
    }),
    runs(1000),
  );
});

test('ids that contain the parts of another order do not collide', () => {
  const deliver = { name: 'deliver', round: '0', attempt: 0 } as const;
  const one = jobFor({ agentId: 'a-b', orderId: 'c' }, deliver);
  expect(jobFor({ agentId: 'a', orderId: 'b-c' }, deliver).jobId).not.toBe(one.jobId);
});

test('a job id is valid for the queue: no colon, not digits only', () => {
  fc.assert(
    fc.property(asked, ({ step: it, ...ref }) => {
      expect(jobFor(ref, it).jobId).toMatch(/^[a-z]+\.[A-Za-z0-9_.-]+$/);
    }),
    runs(300),
  );
});

test("a step's payload fits the catalog, and carries ids only", () => {
  fc.assert(
    fc.property(asked, ({ step: it, ...ref }) => {
      const { queue, name, payload } = jobFor(ref, it);
      const schema = (JOBS[queue] as Record<string, (typeof JOBS)['messages']['send']>)[name];
      expect(schema?.parse(payload)).toEqual(payload);
    }),
    runs(300),
  );
});

test('every queue defines the retries of its jobs', () => {
  for (const name of QUEUE_NAMES) {
    expect(RETRIES[name].attempts).toBeGreaterThan(0);
    expect(RETRIES[name].firstWaitMs).toBeGreaterThan(0);
  }
});

test('a delivery is retried for a day while the marketplace is away, and a message for six hours', () => {
  const hours = ({ attempts, firstWaitMs }: (typeof RETRIES)['delivery']) => {
    const waits = Array.from({ length: attempts - 1 }, (_, tries) =>
      Math.min(firstWaitMs * 2 ** tries, LONGEST_RETRY_WAIT),
    );
    return waits.reduce((sum, wait) => sum + wait, 0) / 3600_000;
  };
  expect(hours(RETRIES.delivery)).toBeCloseTo(24, 0);
  expect(hours(RETRIES.messages)).toBeCloseTo(6, 0);
});

test('ids and rounds accept no key, path or second line', () => {
  for (const text of ['', 'a:b', 'a/b', 'a.b', 'ord_1\n', 'ä', '..'])
    expect(idSchema.safeParse(text).success).toBe(false);
  for (const text of ['', '-1', 'd', '1dd', '1\n', '1234567', '0x1'])
    expect(ROUND_PATTERN.test(text)).toBe(false);
});
