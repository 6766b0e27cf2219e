/**
 * `pnpm check` and `npm test`: every check and test, and a count over all of them on the last line.
 */
import { createCommand, isInterrupted, runCommand } from '@fulfillment/processes';
import { runLinksCheck } from '../check/links/links-check.ts';
import { runProseCheck } from '../check/prose/prose-check.ts';
import { runStructureCheck } from '../check/structure/structure-check.ts';
import { type Outcome, runToolCheck, TOOL_CHECKS } from '../check/tool-checks.ts';
import { runVitestCheck } from '../check/vitest-check.ts';

/** The status that a shell gives to a program ended by Ctrl-C. */
const INTERRUPTED = 130;
const log = (line: string) => console.log(line);

const CHECKS: Record<string, () => Promise<Outcome>> = {
  ...Object.fromEntries(
    Object.entries(TOOL_CHECKS).map(([name, command]) => [name, () => runToolCheck(command)]),
  ),
  structure: async () => runStructureCheck(),
  prose: async () => runProseCheck(),
  links: async () => runLinksCheck(),
  tests: () => runVitestCheck(log),
};

const command = createCommand('pnpm check')
  .description(
    'Runs every check and every test, also after a failure. The tests use the Redis at REDIS_URL, or a private server, and the Chromium at CHROMIUM_PATH, or the one on the PATH. As root on Debian, the command installs missing programs. The last line is "N passed, M failed". It counts each test, and each other check as one.',
  )
  .option('--only <checks>', `only these checks, separated by commas: ${Object.keys(CHECKS).join(', ')}`)
  .addHelpText(
    'after',
    `
Exit codes:
  0  everything passed
  1  something failed
  2  wrong options`,
  )
  .action(async ({ only }) => {
    const wanted = only?.split(',').map((name) => name.trim()) ?? Object.keys(CHECKS);
    const unknown = wanted.filter((name) => !Object.hasOwn(CHECKS, name));
    if (unknown.length > 0) {
      command.error(
        `there is no check named ${unknown.join(', ')}. The checks: ${Object.keys(CHECKS).join(', ')}.`,
      );
    }
    process.exit(await check(wanted));
  });
await runCommand(command);

/** @returns the exit status. */
async function check(names: readonly string[]): Promise<number> {
  const lines: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    log(`\n▶ ${name}`);
    const begun = performance.now();
    const outcome = await run(name);
    if (isInterrupted()) return INTERRUPTED;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const verdict = outcome.failed === 0 ? 'passed' : 'FAILED';
    if (outcome.failed > 0) log(outcome.output);
    lines.push(
      `${verdict}  ${name.padEnd(14)}${seconds.padStart(6)} s  ${outcome.passed} passed, ${outcome.failed} failed`,
    );
    log(lines.at(-1) ?? '');
    passed += outcome.passed;
    failed += outcome.failed;
  }
  log(`\n${lines.join('\n')}\n\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** A check that cannot even be run has failed. */
async function run(name: string): Promise<Outcome> {
  try {
    return (await CHECKS[name]?.()) ?? { passed: 0, failed: 1, output: '' };
  } catch (error) {
    return { passed: 0, failed: 1, output: error instanceof Error ? error.message : String(error) };
  }
}
