/**
 * `npm run demo`: runs the whole product against a simulated marketplace, with all scenarios side
 * by side.
 */
import { createCommand, runCommand } from '@fulfillment/processes';
import { nextSteps, type Result, scenarioList, storyLine, summary } from './demo-output.ts';
import { type System, startSystem } from './harness/system.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { type Scenario, Stage } from './scenarios/scenario.ts';

await runCommand(
  createCommand('npm run demo --')
    .description(
      "Starts Redis, a simulated marketplace and the four apps as separate processes. Plays the scenarios against them, prints each order's story as it happens, and stops everything. Exits with 1 if a scenario fails.",
    )
    .option('--only <text>', 'play the scenarios whose name contains this text', '')
    .option('--list', "print the scenarios' names")
    .action(async ({ only, list }) => {
      if (list) for (const { name } of SCENARIOS) console.log(name);
      else process.exitCode = await demo(SCENARIOS.filter(({ name }) => name.includes(only)));
    }),
);

/** Plays the scenarios. @returns the exit status. */
async function demo(scenarios: readonly Scenario[]): Promise<number> {
  if (scenarios.length === 0) {
    console.error('No scenario has this text in its name. To list the names: npm run demo -- --list');
    return 1;
  }
  console.log('Starting Redis, the sandbox marketplace and the four apps …');
  const system = await startSystem({
    env: { HANDLER_ISOLATION: 'process', HANDLER_MEMORY_MB: '512' },
    log: (line) => console.log(line),
  });
  try {
    console.log(`Playing ${scenarios.length} scenarios side by side:`);
    console.log(`${scenarioList(scenarios.map(({ name }) => name))}\n`);
    const numbered = scenarios.map((scenario, index) => ({ scenario, number: index + 1 }));
    const results: Result[] = [];
    for (const { scenario, number } of numbered.filter(({ scenario: { isAlone } }) => isAlone))
      results.push(await play(system, scenario, number));
    const others = numbered.filter(({ scenario: { isAlone } }) => !isAlone);
    results.push(
      ...(await Promise.all(others.map(({ scenario, number }) => play(system, scenario, number)))),
    );
    const failed = results.filter(({ problem }) => problem !== null);
    if (failed.length > 0) printOutput(system, failed);
    await system.close();
    console.log(summary(results));
    if (failed.length === 0) console.log(nextSteps());
    return failed.length === 0 ? 0 : 1;
  } finally {
    await system.close();
  }
}

async function play(system: System, scenario: Scenario, number: number): Promise<Result> {
  const begun = performance.now();
  const stage = new Stage(system, (_order, line) => console.log(storyLine(number, line)));
  let problem: string | null = null;
  try {
    await scenario.run(stage);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  await stage.end();
  return {
    name: scenario.name,
    orders: stage.orders.map((trade) => trade.id),
    seconds: (performance.now() - begun) / 1000,
    problem,
  };
}

/** Prints the apps' lines about failed orders. They are JSON, so they are not wrapped. */
function printOutput(system: System, failed: readonly Result[]): void {
  console.log('\nThe log lines about the orders of the failed scenarios:');
  const orders = failed.flatMap((result) => result.orders);
  for (const app of ['ingestor', 'generation-worker', 'delivery-worker'] as const) {
    const lines = system.output(app).split('\n');
    for (const line of lines.filter((text) => orders.some((id) => text.includes(id))))
      console.log(`${app}: ${line}`);
  }
}
