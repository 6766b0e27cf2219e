import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import { parseSubjectName, type SubjectRef, subjectName } from './subject.ts';

const id = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), fc.constant('bounty_claim'));
const subject: fc.Arbitrary<SubjectRef> = fc.oneof(
  fc.record({ agentId: id, orderId: id }),
  fc.record({ agentId: id, bountyId: id }),
);

test('a subject is read back from its name', () => {
  fc.assert(
    fc.property(subject, (one) => {
      expect(parseSubjectName(subjectName(one))).toEqual(one);
    }),
    runs(300),
  );
});

test('an order keeps the name that Redis has of it', () => {
  expect(subjectName({ agentId: 'agt_1', orderId: 'ord_1' })).toBe('agt_1/ord_1');
  expect(subjectName({ agentId: 'agt_1', bountyId: 'ord_1' })).toBe('agt_1/bounty_claim/ord_1');
});

test.each(['', 'agt_1', 'agt_1/', '/ord_1', 'agt_1/of_a_later_version/x', 'a/bounty_claim/b/c'])(
  '%j is not the name of a subject',
  (name) => {
    expect(parseSubjectName(name)).toBeNull();
  },
);
