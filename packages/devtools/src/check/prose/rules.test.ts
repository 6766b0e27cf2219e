import { describe, expect, it } from 'vitest';
import type { PassageKind } from './passage.ts';
import { findingsIn } from './rules.ts';

const findings = (text: string, kind: PassageKind = 'document') => findingsIn({ kind, line: 1, text });

describe('the prose check', () => {
  // Fifteen sentences that readers stopped at in earlier versions of these docs.
  it.each([
    'Whether the order must be read again is not a matter of clocks at all: hints are counted, and a snapshot says how many of them it answers, and that number is compared.',
    'A store that is down has nothing made again.',
    'A connection to Redis that is open and mute for 15 seconds is made anew.',
    'A time that was named is kept, and bounded by nothing but its own limit; one that says no, once.',
    'It is asked all the while, and goes on by itself.',
    'A backlog must not hide for ever what became of its own orders.',
    'Both are looked at when a call begins, against what was told by then.',
    'While Redis is away nothing is stuck: it is waited for; the process stays.',
    'An option that is none of these is refused when the configuration is loaded.',
    'We were not let read the thread.',
    'What tells no cost is not limited, since what was told counts.',
    'It writes nothing to the marketplace and says what is measured.',
    'The job waits, thereby the order stays open.',
    'A review that is due soon is told in the log, by whoever noted it first.',
    'The handler gave an answer to validate that is none.',
  ])('rejects %j', (sentence) => {
    expect(findings(sentence)).not.toEqual([]);
  });

  it.each([
    'If the store is down, the output is kept and not regenerated.',
    'The worker retries the upload after the delay that the service named.',
    'An explicit retry time is honoured. Only its own cap applies.',
    'The order no longer waits for this round, so there is no delivery to make.',
    'Run `pnpm is told; anew` to see code that the rule does not read.',
  ])('accepts %j', (sentence) => {
    expect(findings(sentence)).toEqual([]);
  });

  it('allows longer sentences in comments than in documents', () => {
    const words = (count: number) => `The ${'long '.repeat(count - 2)}sentence.`;
    expect(findings(words(25))).toEqual([]);
    expect(findings(words(26))).toHaveLength(1);
    expect(findings(words(30), 'comment')).toEqual([]);
    expect(findings(words(31), 'comment')).toHaveLength(1);
  });

  it('rejects a table cell of more than 120 visible characters', () => {
    const cell = `${'One fact. '.repeat(12)}One more.`;
    expect(findings(cell, 'cell')).toHaveLength(1);
    expect(findings(cell.slice(0, 110), 'cell')).toEqual([]);
    expect(findings(`[page](docs/${'folder/'.repeat(20)}page.md)`, 'cell')).toEqual([]);
  });
});
