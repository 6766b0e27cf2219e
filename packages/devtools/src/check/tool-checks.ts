import {
  describeExit,
  type Exit,
  ProcessGroup,
  ROOT,
  startProcess,
  tool,
  toolEnvironment,
} from '@fulfillment/processes';

/** The result of one check. A check without tests counts as one test. */
export interface Outcome {
  passed: number;
  failed: number;
  /** The output to show after a failure. */
  output: string;
}

/** The checks that consist of one tool's verdict, by name, with the tool's command line. */
export const TOOL_CHECKS = {
  lint: ['biome', 'check', '--error-on-warnings'],
  // One program for the whole workspace: a program for each package checks the shared files again.
  types: ['tsc'],
  'dead code': ['knip', '--no-progress'],
  architecture: ['turbo', 'boundaries'],
} as const satisfies Record<string, readonly string[]>;

/** Runs a tool. Every exit status other than 0 is a failure. */
export async function runToolCheck([program, ...args]: readonly string[]): Promise<Outcome> {
  const { exit, output } = await runTool(program ?? '', args);
  const isPassed = 'code' in exit && exit.code === 0;
  const reason = isPassed ? '' : `\n(${program} ended with ${describeExit(exit)})`;
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, output: `${output}${reason}` };
}

/** Runs one of the workspace's tools in the root folder until it ends. */
export async function runTool(
  program: string,
  args: readonly string[],
  { env = {}, onLine }: { env?: NodeJS.ProcessEnv; onLine?: (line: string) => void } = {},
): Promise<{ exit: Exit; output: string }> {
  const group = new ProcessGroup();
  const running = group.add(
    startProcess({
      name: program,
      command: tool(program),
      args,
      cwd: ROOT,
      env: toolEnvironment({ ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...env }),
      readyUrl: async () => true,
      ...(onLine === undefined ? {} : { onLine }),
    }),
  );
  const exit = await running.exited;
  await group.stop();
  return { exit, output: running.output() };
}
