import { loadDotEnv, workspaceRoot } from '@fulfillment/platform';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';

const MARKS: Record<Finding['level'], string> = { ok: '✓', warning: '!', problem: '✗' };

/**
 * Checks an operator's setup and prints the findings.
 * @param asJson prints one JSON object a line.
 * @returns the exit status: 1 when there is a problem.
 */
export async function runDoctor(asJson: boolean): Promise<number> {
  const root = workspaceRoot();
  process.chdir(root);
  loadDotEnv(root);
  const counts = { ok: 0, warning: 0, problem: 0 };
  for await (const finding of diagnose(process.env)) {
    counts[finding.level] += 1;
    console.log(asJson ? JSON.stringify(finding) : lineOf(finding));
  }
  if (!asJson) console.log(`\n${counts.ok} ok, ${counts.warning} warnings, ${counts.problem} problems`);
  return counts.problem > 0 ? 1 : 0;
}

function lineOf(finding: Finding): string {
  const line = `${MARKS[finding.level]} ${finding.about}: ${finding.text}`;
  return finding.level === 'ok' ? line : `${line}\n    → ${finding.advice}`;
}
