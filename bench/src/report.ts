/** Writes the measured figures into docs/performance.md: a table and a chart for each measure. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '@fulfillment/tests/harness/environment';
import { draw } from './charts.ts';
import { type Measure, median, type Values } from './measure.ts';
import { type Results, readResults } from './results.ts';

const DOCS = path.join(ROOT, 'docs');
const PAGE = path.join(DOCS, 'performance.md');
const [BEGIN, END] = ['<!-- measured: begin -->', '<!-- measured: end -->'];

/** Writes every measure that has results. The text around them stays. */
export async function writeReport(measures: readonly Measure[]): Promise<void> {
  const sections: string[] = [];
  for (const measure of measures) {
    const results = await readResults(measure.name);
    if (results !== null) sections.push(await section(measure, results));
  }
  const page = await readFile(PAGE, 'utf8');
  const [before, after] = [page.split(BEGIN)[0], page.split(END)[1]];
  if (after === undefined) throw new Error(`${PAGE} lacks the lines "${BEGIN}" and "${END}".`);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${sections.join('\n\n')}\n\n${END}${after}`);
}

async function section(measure: Measure, results: Results): Promise<string> {
  const { name, title, how, chart } = measure;
  const middle = middles(results);
  const parts = [
    `## ${title}`,
    how,
    table(measure, results),
    `${results.runs.length === 1 ? 'One run' : `Medians of ${results.runs.length} runs`} at commit ${results.commit}, ${results.at.slice(0, 10)}. Conditions: ${results.conditions}.`,
  ];
  if (chart) {
    await draw(chart(middle), path.join(DOCS, 'performance', `${name}.svg`));
    parts.push(`![${title}](performance/${name}.svg)`);
  }
  return parts.join('\n\n');
}

/** The median of each figure. */
function middles({ runs }: Results): Values {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(names.map((what) => [what, median(valuesOf(runs, what))]));
}

function valuesOf(runs: Results['runs'], what: string): number[] {
  return runs.flatMap((run) => run[what] ?? []);
}

function table({ figures }: Measure, { runs }: Results): string {
  const ofOne = runs.length === 1 ? ' (one run)' : '';
  const rows = figures.map(({ what, unit, target }) => {
    const values = valuesOf(runs, what);
    if (values.length === 0) return [what, 'not measured', '', ''];
    const middle = median(values);
    const spread = values.length > 1 ? `${round(Math.min(...values))} to ${round(Math.max(...values))}` : '';
    const verdict = target ? `${target.text}${target.isMet(middle) ? '' : ': **missed**'}${ofOne}` : '';
    return [what, `${round(middle)} ${unit}`.trim(), spread, verdict];
  });
  return markdownTable([['what', 'median', 'from, to', 'target'], ...rows]);
}

function markdownTable([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Rounds to three significant digits. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
