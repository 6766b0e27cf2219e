/**
 * `npm run demo`: runs the whole product against a simulated marketplace, with all scenarios side
 * by side.
 */
import { readOptions } from '@fulfillment/devtools';
import { type System, startSystem } from './harness/system.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { type Scenario, Stage } from './scenarios/scenario.ts';

const HELP = `npm run demo [-- --only <text>]

Starts Redis, a simulated marketplace and the four apps as separate processes, plays the scenarios against them, tells each
order's story as it happens, and ends everything. Exits with 1 when a scenario does not end as it must.

  --only <text>   play the scenarios whose name contains this text
  --list          print the scenarios' names
  --help          print this`;

interface Result {
  scenario: Scenario;
  orders: string[];
  seconds: number;
  problem: string | null;
}

const values = readOptions('npm run demo', {
  only: { type: 'string' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
});
if (values.help) {
  console.log(HELP);
} else if (values.list) {
  for (const { name } of SCENARIOS) console.log(name);
} else {
  process.exitCode = await demo(SCENARIOS.filter(({ name }) => name.includes(values.only ?? '')));
}

/** Plays the scenarios. @returns the exit status. */
async function demo(scenarios: readonly Scenario[]): Promise<number> {
  if (scenarios.length === 0) {
    console.error('No scenario has this text in its name. See them with: npm run demo -- --list');
    return 1;
  }
  console.log('Starting Redis, the sandbox marketplace and the four apps …');
  const system = await startSystem({ log: (line) => console.log(line) });
  try {
    console.log(`Playing ${scenarios.length} scenarios at once:`);
    for (const [index, { name }] of scenarios.entries()) console.log(`  [${numbered(index + 1)}] ${name}`);
    console.log('');
    const results = await Promise.all(scenarios.map((scenario, index) => play(system, scenario, index + 1)));
    printTable(results);
    const failed = results.filter(({ problem }) => problem !== null);
    if (failed.length > 0) printOutput(system, failed);
    await system.close();
    console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await system.close();
  }
}

async function play(system: System, scenario: Scenario, number: number): Promise<Result> {
  const begun = performance.now();
  const stage = new Stage(system, (_order, line) => console.log(`  [${numbered(number)}] ${line}`));
  let problem: string | null = null;
  try {
    await scenario.run(stage);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  await stage.end();
  return {
    scenario,
    orders: stage.orders.map((trade) => trade.id),
    seconds: (performance.now() - begun) / 1000,
    problem,
  };
}

function printTable(results: readonly Result[]): void {
  console.log(
    '\nScenario                                                              Result      Time  Orders',
  );
  for (const { scenario, orders, seconds, problem } of results) {
    const verdict = problem === null ? 'as it must' : 'WRONG';
    console.log(
      `${scenario.name.padEnd(70)}${verdict.padEnd(10)}${seconds.toFixed(1).padStart(5)} s  ${orders.join(', ')}`,
    );
    if (problem !== null) console.log(`    ${problem.split('\n').join('\n    ')}`);
  }
}

function printOutput(system: System, failed: readonly Result[]): void {
  console.log('\nWhat the apps printed about the orders that went wrong:');
  const orders = failed.flatMap((result) => result.orders);
  for (const app of ['ingestor', 'generation-worker', 'delivery-worker'] as const) {
    const lines = system.output(app).split('\n');
    for (const line of lines.filter((text) => orders.some((id) => text.includes(id))))
      console.log(`${app}: ${line}`);
  }
}

function numbered(number: number): string {
  return String(number).padStart(2);
}
