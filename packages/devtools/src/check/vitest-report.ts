/** What we read of the report that Vitest's JSON reporter writes. */
export interface VitestReport {
  numTotalTests: number;
  numPassedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/**
 * Counts a run of Vitest. Whatever did not pass has failed: also a skipped test, a file that could not be loaded, an error outside of
 * any test, and a run without a report.
 */
export function countReport(
  report: VitestReport | null,
  isExitOk: boolean,
): { passed: number; failed: number } {
  if (report === null) return { passed: 0, failed: 1 };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const passed = report.numPassedTests;
  const failed = report.numTotalTests - passed + unloaded.length;
  return { passed, failed: failed === 0 && !(isExitOk && passed > 0) ? 1 : failed };
}
