import { describe, expect, test } from 'vitest';
import { COLUMNS, nextSteps, type Result, scenarioList, storyLine, summary } from './demo-output.ts';
import { SCENARIOS } from './scenarios/all.ts';

const passed: Result = { name: 'one file', orders: ['ord_1'], seconds: 1.75, problem: null };
const failed: Result = {
  name: 'two files',
  orders: ['ord_2', 'ord_3'],
  seconds: 30,
  problem: `${'the order was expected to be delivered, '.repeat(4)}but is paid\nat once`,
};

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('the output of the demo', () => {
  test('fits into its columns', () => {
    const names = SCENARIOS.map(({ name }) => name);
    const results = names.map((name) => ({ ...failed, name }));
    for (const text of [scenarioList(names), summary(results), nextSteps()]) {
      expect(widest(text)).toBeLessThanOrEqual(COLUMNS);
    }
  });

  test('wraps a long line of a story, and breaks a word that is too long', () => {
    const words = 'the model is overloaded '.repeat(6);
    const line = storyLine(7, `failed: ${words}\n${'x'.repeat(150)}`);
    expect(widest(line)).toBeLessThanOrEqual(COLUMNS);
    const [first, ...more] = line.split('\n');
    expect(first).toMatch(/^ {2}\[ 7] failed: the model/);
    expect(more.join('\n')).toMatch(/^ {7}\S/);
    expect(line.replace(/\s/g, '')).toBe(`[7]failed:${words}${'x'.repeat(150)}`.replace(/\s/g, ''));
  });

  test('shows the result of each scenario, and the reason and the orders of a failed one', () => {
    const lines = summary([passed, failed]).split('\n');
    expect(lines).toContain('passed    1.8 s  one file');
    expect(lines).toContain('FAILED   30.0 s  two files');
    expect(lines).toContain('                at once');
    expect(lines).toContain('                orders: ord_2, ord_3');
    expect(lines.at(-1)).toBe('1 passed, 1 failed');
  });
});
