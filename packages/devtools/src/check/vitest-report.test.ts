import { expect, test } from 'vitest';
import { countReport, type VitestReport } from './vitest-report.ts';

const loaded = { status: 'passed', assertionResults: [{}] };
const report = (changes: Partial<VitestReport>): VitestReport => ({
  numTotalTests: 5,
  numPassedTests: 5,
  testResults: [loaded],
  ...changes,
});

test('tests that passed are counted', () => {
  expect(countReport(report({}), true)).toEqual({ passed: 5, failed: 0 });
});

test('a skipped test is a failure', () => {
  expect(countReport(report({ numPassedTests: 4 }), true)).toEqual({ passed: 4, failed: 1 });
});

test('a file that cannot be loaded is a failure', () => {
  const testResults = [loaded, { status: 'failed', assertionResults: [] }];
  expect(countReport(report({ testResults }), false)).toEqual({ passed: 5, failed: 1 });
});

test('an error outside of any test is a failure', () => {
  expect(countReport(report({}), false)).toEqual({ passed: 5, failed: 1 });
});

test('a run without a report, or without a test, is a failure', () => {
  expect(countReport(null, false)).toEqual({ passed: 0, failed: 1 });
  expect(countReport(report({ numTotalTests: 0, numPassedTests: 0 }), true)).toEqual({
    passed: 0,
    failed: 1,
  });
});
