/**
 * `pnpm chaos`: runs the whole product under crashes, outages and lost answers. Then the judge
 * checks what the marketplace saw.
 */
import { createCommand, runCommand } from '@fulfillment/processes';
import type { Verdict } from './judge/judge-order.ts';
import { added, type Totals, totalsLines } from './judge/totals.ts';
import { type Options, readOptions } from './options.ts';
import { type RunResult, run } from './run.ts';

const SHOWN_CASES = 20;

const command = createCommand('pnpm chaos')
  .description(
    "Runs the apps as processes (two of each worker, two ingestors), a Redis with its append-only file, and the sandbox marketplace. Buyers place orders of every kind, revise, dispute, write and cancel. Meanwhile, processes are killed, stopped, frozen and restarted in turn. Redis is killed, misbehaves and loses all data. Calls fail in every way. Webhooks are lost, repeated, reordered, forged and replayed. At the end, a judge checks each promise against the marketplace's history.",
  )
  .option('--orders <number>', 'number of orders in a run. Below 20, some disturbances may not strike', '60')
  .option('--seed <number>', "seed of the buyers' plans and of the order of the disturbances (random)")
  .option('--seeds <range>', 'several runs, one after the other, and their totals: 101-110')
  .option('--minutes <number>', 'time limit of a run (4, and one more for each 50 orders)')
  .option('--ledger <database>', 'the database of the ledger: sqlite or postgres', 'sqlite')
  .addHelpText(
    'after',
    `
Exit codes:
  0  every promise is kept
  1  a promise is broken
  2  wrong options`,
  )
  .action(async (typed) => {
    const options = readOptions(typed);
    if ('problem' in options) command.error(options.problem);
    else process.exitCode = await chaos(options);
  });
await runCommand(command);

/** Runs every seed. @returns the exit status. */
async function chaos({ seeds, ...options }: Options): Promise<number> {
  const all: Totals[] = [];
  let passed = 0;
  let failed = 0;
  for (const seed of seeds) {
    console.log(`Chaos with seed ${seed}: ${options.orders} orders. Starting the fleet …`);
    const began = performance.now();
    const result = await run({ ...options, seed, log: (line) => console.log(line) });
    const seconds = Math.round((performance.now() - began) / 1000);
    tell([`\nSeed ${seed}, ${seconds} s. `, ...totalsLines(result.totals), '']);
    const broken = report(result);
    all.push(result.totals);
    passed += result.verdicts.length - broken;
    failed += broken;
  }
  if (seeds.length > 1) tell([`\nAll ${seeds.length} seeds:`, ...totalsLines(added(all))]);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function tell(lines: readonly string[]): void {
  if (lines.length > 0) console.log(lines.join('\n'));
}

/** Prints the verdicts. @returns the number of broken promises. */
function report({ verdicts, linesAbout }: RunResult): number {
  const broken = verdicts.filter((verdict) => verdict.broken.length > 0);
  for (const { promise, broken: cases } of verdicts) {
    console.log(`${cases.length === 0 ? 'kept  ' : 'BROKEN'}  ${promise}`);
    tell(cases.slice(0, SHOWN_CASES).map((line) => `          ${line}`));
  }
  for (const id of firstOrders(broken))
    tell([`\nWhat the processes printed about ${id}:`, ...linesAbout(id)]);
  return broken.length;
}

/** The first order of each broken promise. */
function firstOrders(broken: readonly Verdict[]): Set<string> {
  return new Set(broken.flatMap(({ broken: cases }) => /ord_\w+/.exec(cases[0] ?? '')?.[0] ?? []));
}
