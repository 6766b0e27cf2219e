/** The part that we read of the report from Vitest's JSON reporter. */
export interface VitestReport {
  numTotalTests: number;
  numPassedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/**
 * Counts a run of Vitest. Everything that did not pass has failed. This includes a skipped test, a
 * file that could not be loaded, an error outside of any test, and a run without a report.
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
