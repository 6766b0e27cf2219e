import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = await mkdtemp(path.join(os.tmpdir(), 'config-errors-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const SOURCE = path.join(import.meta.dirname, '../../../handlers/src');
const RUNNER = path.join(import.meta.dirname, '../../../runner/src/index.ts');
/** Loads the configuration as every command does, and prints the error. */
const LOAD = `
  const { loadHandlers } = await import(${JSON.stringify(RUNNER)});
  await loadHandlers('fulfillment.config.ts').catch((error) => {
    console.error(error.message);
    process.exit(2);
  });
`;
const IMPORTS = `import { defineConfig, defineHandler } from ${JSON.stringify(path.join(SOURCE, 'index.ts'))};
import { aiText } from ${JSON.stringify(path.join(SOURCE, 'ai.ts'))};
`;

/**
 * The error for an operator who loads these files. Lines of `config` begin with the
 * third.
 */
async function errorOf(config: string, files: Record<string, string> = {}): Promise<string> {
  const all = { 'fulfillment.config.ts': IMPORTS + config, ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(path.join(folder, name), text);
  const args = ['--input-type=module', '-e', LOAD];
  const { stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(2);
  return stderr;
}
const at = (file: string, line: number) => `${path.join(folder, file)}:${line}`;

const GOOD = `const good = defineHandler({
  name: 'good',
  match: 'default',
  generate: () => [],
});
`;

describe('a configuration error names its file, its line and its handler', () => {
  test('for an unknown option of a handler, with the nearest name', async () => {
    const text = await errorOf(`${GOOD}const painter = defineHandler({
  name: 'painter',
  match: 'default',
  timeLimitSecond: 60,
  generate: () => [],
});
export default defineConfig({ handlers: [good, painter] });
`);
    expect(text).toContain('✖ Unknown option "timeLimitSecond". Did you mean "timeLimitSeconds"?');
    expect(text).toContain(
      `handlers[1].timeLimitSecond, handler "painter", ${at('fulfillment.config.ts', 11)}`,
    );
  });

  test('for the policy and the agents, although a try needs no keys', async () => {
    const text = await errorOf(`${GOOD}export default defineConfig({
  handlers: [good],
  policy: { privateUrl: 'deliver' },
  agents: [{ name: 'ada', apiKey: process.env.NO_SUCH_KEY, webhookSecrets: 'x' }],
});
`);
    expect(text).toContain('"privateUrl"');
    expect(text).toContain('"webhookSecrets"');
    expect(text).not.toContain('no key');
  });

  test('for a wrong value, in another file than that of the configuration', async () => {
    const text = await errorOf(
      `import { writer } from './writer.ts';\nexport default defineConfig({ handlers: [writer] });\n`,
      {
        'writer.ts': `${IMPORTS}export const writer = defineHandler({
  name: 'writer',
  match: 'default',
  attempts: 50,
  generate: () => [],
});
`,
      },
    );
    expect(text).toContain(`handlers[0].attempts, handler "writer", ${at('writer.ts', 6)}`);
  });

  test('for an unknown field of maxCostUsd', async () => {
    const text = await errorOf(`export default defineConfig({ handlers: [
  defineHandler({ name: 'dear', match: 'default', generate: () => [],
    maxCostUsd: { ordr: 1 } }),
] });
`);
    expect(text).toContain('Unknown option "ordr". Did you mean "order"?');
    expect(text).toContain(`handler "dear", ${at('fulfillment.config.ts', 5)}`);
  });

  test('for a generator option that throws while the file is loaded', async () => {
    const text = await errorOf(`${GOOD}const writer = defineHandler({
  name: 'writer',
  match: 'default',
  generate: aiText({
    model: 'x',
    prices: { inputPerMilion: 1 },
  } as never),
});
export default defineConfig({ handlers: [good, writer] });
`);
    expect(text).toContain('prices has no option "inputPerMilion". Did you mean "inputPerMillion"?');
    expect(text).toContain(`→ at ${at('fulfillment.config.ts', 11)}, handler "writer"`);
  });

  test('for a syntax error, also in an imported file', async () => {
    const text = await errorOf(`${GOOD}export default defineConfig({ handlers: [good });\n`);
    expect(text).toContain(`→ at ${at('fulfillment.config.ts', 8)}`);
    const imported = await errorOf(`import './broken.ts';\n`, {
      'broken.ts': `const writer = defineHandler({\n  name: 'broken one',\n  match: ;\n});\n`,
    });
    expect(imported).toContain(`SyntaxError: `);
    expect(imported).toContain(`→ at ${at('broken.ts', 3)}, handler "broken one"`);
  });

  test('for an error that the file throws, and for a missing export', async () => {
    const thrown = await errorOf(`if (true) {\n  throw new TypeError('no studio key');\n}\n`);
    expect(thrown).toContain(
      `cannot be loaded: TypeError: no studio key\n  → at ${at('fulfillment.config.ts', 4)}`,
    );
    const missing = await errorOf(`import { nothing } from './empty.ts';\nexport default nothing;\n`, {
      'empty.ts': 'export const something = 1;\n',
    });
    expect(missing).toContain("does not provide an export named 'nothing'");
    expect(missing).toContain(`→ at ${at('fulfillment.config.ts', 3)}`);
  });

  test('for a missing package or file', async () => {
    const text = await errorOf(`import '@example/provider/deep';\n`);
    expect(text).toContain(`→ at ${at('fulfillment.config.ts', 3)}`);
    expect(text).toContain('Add it: pnpm add -w @example/provider');
    const file = await errorOf(
      `${GOOD}// nowhere.ts\nconst nowhere = './nowhere.ts';\nimport './nowhere.ts';\n`,
    );
    expect(file).toContain(`→ at ${at('fulfillment.config.ts', 10)}`);
  });

  test('for an option whose name also occurs in texts, comments and deeper objects', async () => {
    const text = await errorOf(`const painter = defineHandler({
  name: 'painter', // attempts: 3
  match: ({ brief }) => /[{(/]/.test(brief) || brief === \`attempts: \${brief}\`,
  generate: async () => {
    const options = { attempts: 1, day: 2, order: 3 };
    return [JSON.stringify(options)];
  },
  attempts: 50,
  maxCostUsd: {
    order: 1, day: 0,
  },
});
export default defineConfig({ handlers: [painter] });
`);
    expect(text).toContain(`handlers[0].attempts, handler "painter", ${at('fulfillment.config.ts', 10)}`);
    expect(text).toContain(
      `handlers[0].maxCostUsd.day, handler "painter", ${at('fulfillment.config.ts', 12)}`,
    );
  });

  test('for an option that only the next handler has', async () => {
    const text = await errorOf(`const empty = defineHandler({ name: 'empty', match: 'default' } as never);
${GOOD}export default defineConfig({ handlers: [empty, good] });
`);
    expect(text).toContain(`handlers[0].generate, handler "empty", ${at('fulfillment.config.ts', 3)}`);
  });

  test('for the second of two handlers on one line', async () => {
    const text =
      await errorOf(`const two = [defineHandler({ name: 'a', match: 'default', generate: () => [] }), defineHandler({
  name: 'b', match: 'default', generate: () => [],
  attempts: 50 })];
export default defineConfig({ handlers: two });
`);
    expect(text).toContain(`handlers[1].attempts, handler "b", ${at('fulfillment.config.ts', 5)}`);
  });

  test('without a handler if the error is outside every handler', async () => {
    const text = await errorOf(`${GOOD}throw new Error('no studio key');\n`);
    expect(text).toContain(`→ at ${at('fulfillment.config.ts', 8)}\n`);
    expect(text).not.toContain('handler "good"');
  });

  test("with the handler's name, not the name of another object in it", async () => {
    const text = await errorOf(`import { aiCode } from ${JSON.stringify(path.join(SOURCE, 'ai.ts'))};
const coder = defineHandler({
  match: ({ brief }) => Object.is({ name: 'inner' }, brief),
  generate: aiCode({ modell: 'x' } as never),
  name: 'coder',
});
export default defineConfig({ handlers: [coder] });
`);
    expect(text).toContain(`→ at ${at('fulfillment.config.ts', 6)}, handler "coder"`);
  });

  test('for a syntax error in a JavaScript file', async () => {
    await writeFile(path.join(folder, 'plain.mjs'), 'const a = 1;\nexport default {;\n');
    const args = ['--input-type=module', '-e', LOAD.replace('fulfillment.config.ts', 'plain.mjs')];
    const { stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toContain(`→ at ${at('plain.mjs', 2)}`);
  });
});
