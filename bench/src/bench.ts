/** `pnpm bench`: measures the product side by side with its comparison, and records the figures. */
import { readOptions } from '@fulfillment/devtools';
import type { Measure, Values } from './measure.ts';
import { backlog } from './measures/backlog.ts';
import { budget } from './measures/budget.ts';
import { budgetModes } from './measures/budget-modes.ts';
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
  throughput,
  webhooks,
  backlog,
  scaling,
  start,
];

const HELP = `pnpm bench [--only <measures>] [--runs <n>] [--quick]

Runs each measure several times. Writes the results to bench/results/<measure>.json, and tables and
charts to docs/performance.md. Everything runs on this machine, on loopback: a private Redis, the
sandbox marketplace, the apps, and the programs for comparison. All measures take about an hour.
Leave the machine alone meanwhile.

  --only <measures>  only these measures, separated by commas:
                     ${MEASURES.map(({ name }) => name).join(', ')}
  --runs <n>         runs of each measure (1 to 5, by the measure)
  --quick            one short run of each, which writes nothing
  --report           writes the tables and charts from the existing results
  --help             print this help`;

const values = readOptions('pnpm bench', {
  only: { type: 'string' },
  runs: { type: 'string' },
  quick: { type: 'boolean', default: false },
  report: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
});
const wanted = values.only?.split(',').map((name) => name.trim());
const unknown = wanted?.filter((name) => !MEASURES.some((measure) => measure.name === name)) ?? [];
if (values.help) {
  console.log(HELP);
} else if (unknown.length > 0 || (values.runs !== undefined && !(Number(values.runs) >= 1))) {
  console.error(`Nothing to measure: see pnpm bench --help. ${unknown.join(', ')}`);
  process.exitCode = 2;
} else {
  if (!values.report) await measureAll(MEASURES.filter(({ name }) => wanted?.includes(name) ?? true));
  if (!values.quick) await writeReport(MEASURES);
}

async function measureAll(measures: readonly Measure[]): Promise<void> {
  const commit = await checkedOut();
  for (const measure of measures) {
    const count = values.quick ? 1 : Number(values.runs ?? measure.runs);
    const runs: Values[] = [];
    for (let run = 1; run <= count; run += 1) {
      console.log(`\n▶ ${measure.title} (run ${run} of ${count})`);
      const found = await measure.run({ quick: values.quick, log: (line) => console.log(`  ${line}`) });
      runs.push(found);
      print(measure, found);
    }
    if (!values.quick) await keepResults(measure, commit, runs);
  }
}

function print({ figures }: Measure, found: Values): void {
  for (const { what, unit, target } of figures) {
    const value = found[what] ?? Number.NaN;
    const verdict = target ? `(${target.text}${target.isMet(value) ? '' : ': missed'})` : '';
    console.log(`  ${what}: ${Number(value.toPrecision(4))} ${unit} ${verdict}`.trimEnd());
  }
}
