/** The texts that `npm run demo` prints. No line is wider than `COLUMNS`. */

export const COLUMNS = 100;

/** How one scenario of the demo ended. */
export interface Result {
  name: string;
  /** The ids of the scenario's orders. */
  orders: string[];
  seconds: number;
  /** Why the scenario failed. Null if it passed. */
  problem: string | null;
}

const NEXT_STEPS = `What to do next:

  pnpm dev                  develop with the same system (or: npx pnpm@12 dev)
    http://127.0.0.1:4000   the sandbox: you are the buyer, so order something and pay
    http://127.0.0.1:4004   the console: orders, attention and queues
  fulfillment.config.ts     write a handler: docs/quickstart.md takes you through it
  docs/operator/go-live.md  serve real orders on Atelier`;

/** The list of scenarios, with the numbers that their stories carry. */
export function scenarioList(names: readonly string[]): string {
  return names.map((name, index) => `  [${numbered(index + 1)}] ${name}`).join('\n');
}

/** A line of a scenario's story. A long text continues on lines of its own. */
export function storyLine(number: number, text: string): string {
  return wrap(text.replace(/\s+/g, ' '), `  [${numbered(number)}] `);
}

/** The result of every scenario, the reasons of the failed ones, and the count. */
export function summary(results: readonly Result[]): string {
  const rows = results.flatMap(({ name, orders, seconds, problem }) => [
    `${problem === null ? 'passed' : 'FAILED'}  ${seconds.toFixed(1).padStart(5)} s  ${name}`,
    ...(problem === null
      ? []
      : [
          ...problem.split('\n').map((line) => wrap(line, '                ')),
          wrap(`orders: ${orders.join(', ')}`, '                '),
        ]),
  ]);
  const failed = results.filter(({ problem }) => problem !== null).length;
  const count = `${results.length - failed} passed, ${failed} failed`;
  return ['', 'Result     Time  Scenario', ...rows, '', count].join('\n');
}

/** The advice after a demo that passed. */
export function nextSteps(): string {
  return `\n${NEXT_STEPS}`;
}

/** Breaks a text at spaces. All lines but the first are indented by the width of the prefix. */
function wrap(text: string, prefix: string): string {
  const width = COLUMNS - prefix.length;
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest]
    .map((line, index) => `${index === 0 ? prefix : ' '.repeat(prefix.length)}${line}`)
    .join('\n');
}

function numbered(number: number): string {
  return String(number).padStart(2);
}
