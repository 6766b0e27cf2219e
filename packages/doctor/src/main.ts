/** `pnpm run doctor`: looks at an operator's setup before the apps do. */
import { parseArgs } from 'node:util';
import { loadDotEnv, workspaceRoot } from '@fulfillment/platform';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';

const HELP = `pnpm run doctor [--json]

Checks what the apps need, and says what to do about what is wrong: settings and configuration file, Redis (version, eviction,
append-only file, a write, the rights of its user), where artifacts are kept and whether they can be opened from outside, each agent's key and webhooks, its
services against the handlers, and the clock. Reads .env. Changes nothing; keeps one probe file, and one key in Redis, for a moment.

  --json   one JSON object a line
  --help   print this

Ends with 0 when there is no problem (warnings are none), 1 when there is one, 2 when it was called wrongly.`;

const MARKS: Record<Finding['level'], string> = { ok: '✓', warning: '!', problem: '✗' };

try {
  const { values } = parseArgs({
    // pnpm hands over the -- that some write before the options.
    args: process.argv.slice(process.argv[2] === '--' ? 3 : 2),
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) console.log(HELP);
  // What a store or the marketplace still has open is not waited for.
  else process.exit(await run(values.json));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\nSee pnpm run doctor --help`);
  process.exitCode = 2;
}

/** @returns the exit status. */
async function run(asJson: boolean): Promise<number> {
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
