/** `pnpm bench`: measures the product side by side with its comparison, and records the figures. */
import { createCommand, runCommand } from '@fulfillment/processes';
import type { Measure, Values } from './measure.ts';
import { backlog } from './measures/backlog.ts';
import { budget } from './measures/budget.ts';
import { budgetModes } from './measures/budget-modes.ts';
import { latency } from './measures/latency.ts';
import { ledger } from './measures/ledger.ts';
import { openList } from './measures/open-list.ts';
import { pickup } from './measures/pickup.ts';
import { scaling } from './measures/scaling.ts';
import { start } from './measures/start.ts';
import { throughput } from './measures/throughput.ts';
import { webhooks } from './measures/webhooks.ts';
import { writeReport } from './report.ts';
import { checkedOut, keepResults } from './results.ts';

const MEASURES: readonly Measure[] = [
  budget,
  budgetModes,
  pickup,
  latency,
  throughput,
  webhooks,
  backlog,
  openList,
  scaling,
  start,
  ledger,
];

const command = createCommand('pnpm bench')
  .description(
    'Runs each measure several times. Writes the results to bench/results/<measure>.json, and tables and charts to docs/performance.md. Everything runs on this machine, on loopback: a private Redis, the sandbox marketplace, the apps, and the programs for comparison. All measures take about an hour. Leave the machine alone meanwhile.',
  )
  .option(
    '--only <measures>',
    `only these measures, separated by commas: ${MEASURES.map(({ name }) => name).join(', ')}`,
  )
  .option('--runs <n>', 'runs of each measure (1 to 5, by the measure)')
  .option('--quick', 'one short run of each, which writes nothing', false)
  .option('--report', 'writes the tables and charts from the existing results', false)
  .action(async ({ only, runs, quick, report }) => {
    const wanted = only?.split(',').map((name) => name.trim());
    const unknown = wanted?.filter((name) => !MEASURES.some((measure) => measure.name === name)) ?? [];
    if (unknown.length > 0) command.error(`there is no measure named ${unknown.join(', ')}.`);
    if (runs !== undefined && !(Number(runs) >= 1)) command.error('--runs takes a number from 1 on.');
    const chosen = MEASURES.filter(({ name }) => wanted?.includes(name) ?? true);
    if (!report) await measureAll(chosen, { runs, quick });
    if (!quick) await writeReport(MEASURES);
  });
await runCommand(command);

async function measureAll(
  measures: readonly Measure[],
  { runs: times, quick }: { runs: string | undefined; quick: boolean },
): Promise<void> {
  const commit = await checkedOut();
  for (const measure of measures) {
    const count = quick ? 1 : Number(times ?? measure.runs);
    const runs: Values[] = [];
    for (let run = 1; run <= count; run += 1) {
      console.log(`\n▶ ${measure.title} (run ${run} of ${count})`);
      const found = await measure.run({ quick, log: (line) => console.log(`  ${line}`) });
      runs.push(found);
      print(measure, found);
    }
    if (!quick) await keepResults(measure, commit, runs);
  }
}

function print({ figures }: Measure, found: Values): void {
  for (const { what, unit, target } of figures) {
    const value = found[what] ?? Number.NaN;
    const verdict = target ? `(${target.text}${target.isMet(value) ? '' : ': missed'})` : '';
    console.log(`  ${what}: ${Number(value.toPrecision(4))} ${unit} ${verdict}`.trimEnd());
  }
}
