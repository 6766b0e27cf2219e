import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { ConfigurationError, hashPassword } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig, loadHandlers } from './load-config.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'config-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const ARTIFACTS_DIR = path.join(folder, 'artifacts');
const PAINTER = `{ name: 'painter', match: 'default', generate: () => [], timeLimitSeconds: 60, attempts: 3 }`;

const HASH = await hashPassword('correct horse battery');
const ACCOUNT = `{ name: 'Ada', role: 'owner', passwordHash: '${HASH}' }`;

/** A configuration file with this default export, or with this text. */
async function fileWith(text: string): Promise<string> {
  const file = path.join(folder, `${randomUUID()}.mts`);
  await writeFile(file, text);
  return file;
}
async function load(config: string, env: { ATELIER_API_KEY?: string } = { ATELIER_API_KEY: 'atelier_env' }) {
  return loadConfig({
    ARTIFACTS_DIR,
    FULFILLMENT_CONFIG: await fileWith(`export default ${config};`),
    ...env,
  });
}
/** The message of the error. The test fails when nothing is wrong. */
async function problemOf(loading: Promise<unknown>): Promise<string> {
  const error = await loading.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigurationError);
  return error instanceof Error ? error.message : '';
}

test('handlers load without keys and without accounts', async () => {
  const file = await fileWith(
    `export default { agents: [{ name: 'studio', apiKey: undefined }], handlers: [${PAINTER}] };`,
  );
  expect((await loadHandlers(file)).handlers.map(({ name }) => name)).toEqual(['painter']);
  const withheld = `[{ name: 'Ada', role: 'owner', passwordHash: 'atelier_withheld' }]`;
  const other = await fileWith(`export default { accounts: ${withheld}, handlers: [${PAINTER}] };`);
  expect((await loadHandlers(other)).handlers).toHaveLength(1);
});

describe('a configuration', () => {
  test('without artifacts keeps them for the ingestor to serve, or for the marketplace to host', async () => {
    const code = { orderId: 'ord_1', round: '0', body: 'package main', contentType: 'text/x-go' };
    const FULFILLMENT_CONFIG = await fileWith(`export default { handlers: [${PAINTER}] };`);
    const settings = { ARTIFACTS_DIR, FULFILLMENT_CONFIG, ATELIER_API_KEY: 'atelier_env' };
    const served = await loadConfig({ ...settings, PUBLIC_URL: 'https://orders.example.com' });
    const artifact = await addBytes(served.artifacts, code);
    expect(await served.artifacts.publicUrl(artifact)).toMatch(
      /^https:\/\/orders\.example\.com\/artifacts\//,
    );
    expect(served.artifacts.folder).toBe(ARTIFACTS_DIR);
    const hosted = await loadConfig(settings);
    await expect(addBytes(hosted.artifacts, code)).rejects.toThrow('which the marketplace does not host');
  });

  test('serves the agent of the environment, with the default policy, if it names none', async () => {
    const config = await load(`{ handlers: [${PAINTER}] }`);
    expect(config.agents).toEqual([{ name: 'default', apiKey: 'atelier_env', webhookSecret: undefined }]);
    expect(config.handlers.map(({ name }) => name)).toEqual(['painter']);
    expect(config.policy).toMatchObject({ dispute: 'attention', revisionWithoutFeedback: 'ask' });
  });

  test('serves its own agents, not that of the environment', async () => {
    const config = await load(
      `{ agents: [{ name: 'studio', apiKey: 'atelier_1', webhookSecret: '' }], handlers: [] }`,
    );
    expect(config.agents).toEqual([{ name: 'studio', apiKey: 'atelier_1', webhookSecret: undefined }]);
  });

  test('has the accounts of its file, or none', async () => {
    const config = await load(`{ handlers: [], accounts: [${ACCOUNT}] }`);
    expect(config.accounts).toEqual([{ name: 'Ada', role: 'owner', passwordHash: HASH }]);
    expect((await load('{ handlers: [] }')).accounts).toEqual([]);
  });

  test('keeps functions unchanged', async () => {
    const config = await load(
      `{ handlers: [{ name: 'a', match: ({ brief }) => brief === 'x', quote: () => '45', generate: () => 'made', timeLimitSeconds: 1, attempts: 1 }] }`,
    );
    const [handler] = config.handlers;
    expect(handler?.quote?.({} as never)).toBe('45');
    expect(handler?.generate({} as never)).toBe('made');
    expect(typeof handler?.match === 'function' && handler.match({ brief: 'x' } as never)).toBe(true);
  });
});

describe('a wrong configuration is rejected with a text that names the file and', () => {
  test.each([
    ['image', /category "image"\. Did you mean "image_gen"\?.*handlers\[0\]\.match/s],
    ['text', /category "text"\. The categories are image_gen, video_gen, ugc, .*custom/s],
  ])('the nearest category to "%s", or all of them', async (category, expected) => {
    for (const match of [`'${category}'`, `['coding', '${category}']`]) {
      const config = `{ handlers: [{ ...${PAINTER}, match: { category: ${match} } }] }`;
      expect(await problemOf(load(config))).toMatch(expected);
    }
  });

  test('the setting, if the file is missing', async () => {
    const file = path.join(folder, 'nowhere.ts');
    const problem = await problemOf(loadConfig({ ARTIFACTS_DIR, FULFILLMENT_CONFIG: file }));
    expect(problem).toContain(`${file} cannot be loaded (set FULFILLMENT_CONFIG to another file)`);
  });

  test('the error of its own code', async () => {
    const file = await fileWith(`throw new Error('STUDIO_KEY is needed');`);
    const problem = await problemOf(loadConfig({ ARTIFACTS_DIR, FULFILLMENT_CONFIG: file }));
    expect(problem).toContain(file);
    expect(problem).toContain('STUDIO_KEY is needed');
  });

  test('the missing package, and how to add it', async () => {
    const file = await fileWith(`import '@example/provider/deep';`);
    const problem = await problemOf(loadConfig({ ARTIFACTS_DIR, FULFILLMENT_CONFIG: file }));
    expect(problem).toMatch(/\nAdd it: pnpm add -w @example\/provider$/);
  });

  test('the missing default export, and an example', async () => {
    const file = await fileWith('export const config = {};');
    const problem = await problemOf(loadConfig({ ARTIFACTS_DIR, FULFILLMENT_CONFIG: file }));
    expect(problem).toBe(`${file} has no default export. End it with: export default defineConfig({ … })`);
  });

  const painter = (fields: string) => `{ handlers: [{ ...${PAINTER}, ${fields} }] }`;
  const channel = (rules: string) =>
    `{ handlers: [${PAINTER}], alerts: { channels: [{ name: 'team', channel: { send() {}, secrets: [] }, ${rules} }] } }`;
  const agent = (fields: string) => `{ agents: [{ name: 'a', ${fields} }], handlers: [] }`;
  test.each<[string, string, RegExp]>([
    ['an export that is no object', 'null', /object/],
    ['handlers that are missing', '{}', /handlers/],
    ['a field nobody knows', '{ handlers: [], polices: {} }', /"polices"\. Did you mean "policy"\?/],
    [
      'an agent without a key',
      agent('apiKey: process.env.NO_SUCH_KEY'),
      /is its environment variable set\?.*\n.*agents\[0\]\.apiKey/,
    ],
    [
      'an agent with an empty key',
      agent(`apiKey: ''`),
      /is its environment variable set\?.*\n.*agents\[0\]\.apiKey/,
    ],
    ['no agent in a list of agents', '{ agents: [], handlers: [] }', /agents/],
    [
      'a handler without generate',
      painter('generate: undefined'),
      /must be a function.*\n.*handlers\[0\]\.generate/,
    ],
    ['a quote that is no function', painter(`quote: '45'`), /must be a function.*\n.*handlers\[0\]\.quote/],
    [
      'an option that is misspelt',
      painter('reveiw: true'),
      /Unknown option "reveiw"\. Did you mean "review"\?\n.*handlers\[0\]\.reveiw, handler "painter"/,
    ],
    ['a quote that is never valid', painter('quoteValidHours: 0'), /handlers\[0\]\.quoteValidHours/],
    [
      'a match that is misspelt',
      painter(`match: { titel: 'x' }`),
      /Unknown option "titel"\. Did you mean "title"\?\n.*handlers\[0\]\.match/,
    ],
    ['a match on a number', painter('match: { serviceId: 7 }'), /handlers\[0\]\.match/],
    ['no time at all', painter('timeLimitSeconds: 0'), /handlers\[0\]\.timeLimitSeconds/],
    [
      'more time than a timer can measure',
      painter('timeLimitSeconds: 3e6'),
      /handlers\[0\]\.timeLimitSeconds/,
    ],
    ['no try at all', painter('attempts: 0'), /handlers\[0\]\.attempts/],
    ['more tries than a job has', painter('attempts: 50'), /<=10.*\n.*handlers\[0\]\.attempts/],
    ['half a try', painter('attempts: 1.5'), /handlers\[0\]\.attempts/],
    [
      'a misspelt handler in the rules of a channel',
      channel(`handlers: ['painter', 'paintre']`),
      /there is no handler "paintre"\. Did you mean "painter"\?\n.*alerts\.channels\[0\]\.handlers\[1\]/,
    ],
    [
      'an unknown agent in the rules of a channel',
      channel(`agents: ['studio']`),
      /there is no agent "studio"\. Known: default\n.*alerts\.channels\[0\]\.agents\[0\]/,
    ],
    ['a policy nobody knows', `{ handlers: [], policy: { dispute: 'ignore' } }`, /policy\.dispute/],
    [
      'a policy that is misspelt',
      `{ handlers: [], policy: { disputes: 'attention' } }`,
      /Did you mean "dispute"\?/,
    ],
    [
      'a message that is no text',
      `{ handlers: [], policy: { messages: { delivered: 5 } } }`,
      /policy\.messages\.delivered/,
    ],
  ])('the field, for %s', async (_, config, expected) => {
    const problem = await problemOf(load(config));
    expect(problem).toContain(folder);
    expect(problem).toMatch(expected);
  });

  test('the missing members of an own store, and how to change a store of an earlier version', async () => {
    const members = 'publicUrl() {}, read() {}, removeOrder() {}, maxBytes: 1, folder: null, place: {}';
    const problem = await problemOf(load(`{ handlers: [], artifacts: { put() {}, ${members} } }`));
    expect(problem).toContain(
      'This store needs add (a function), has (a function), doUrlsExpire (a boolean).',
    );
    expect(problem).toContain('Replace put by add(file, artifact, signal)');
    expect(problem).toContain('docs/handlers/files.md');
    expect(problem).toMatch(/\n.*artifacts, .*\.mts:1/);
    const text = await problemOf(load(`{ handlers: [], artifacts: './files' }`));
    expect(text).toContain('must be an artifact store: localDisk(…), s3(…), atelier(…)');
  });

  test('the name, if two handlers share it', async () => {
    const problem = await problemOf(load(`{ handlers: [${PAINTER}, ${PAINTER}] }`));
    expect(problem).toMatch(/\.mts has two handlers named "painter"\./);
  });

  test.each([
    ['a name that two accounts share', `[${ACCOUNT}, ${ACCOUNT}]`, /has two accounts named "Ada"/],
    ['a role nobody has', `[{ name: 'Ada', role: 'admin', passwordHash: '' }]`, /accounts\[0\]\.role/],
    [
      'a password in place of its hash',
      `[{ name: 'Ada', role: 'owner', passwordHash: 'open sesame' }]`,
      /not a password hash.*pnpm fulfillment password/,
    ],
    [
      'an unset variable',
      `[{ name: 'Ada', role: 'owner', passwordHash: undefined }]`,
      /is its environment variable set/,
    ],
    [
      'a name with a space at its end',
      `[{ name: 'Ada ', role: 'owner', passwordHash: '' }]`,
      /accounts\[0\]\.name/,
    ],
  ])('%s among the accounts', async (_problem, accounts, expected) => {
    const problem = await problemOf(load(`{ handlers: [], accounts: ${accounts} }`));
    expect(problem).toMatch(expected);
    expect(problem).not.toContain('open sesame');
  });

  test('the setting, if there is no agent anywhere', async () => {
    const problem = await problemOf(load('{ handlers: [] }', {}));
    expect(problem).toMatch(/Set ATELIER_API_KEY, or list agents in the configuration file/);
  });

  test('the line of an option beside the handlers', async () => {
    const file = await fileWith(
      `export default {\n  handlers: [],\n  policy: {\n    disputes: 'attention',\n  },\n};\n`,
    );
    const problem = await problemOf(
      loadConfig({ ARTIFACTS_DIR, FULFILLMENT_CONFIG: file, ATELIER_API_KEY: 'atelier_env' }),
    );
    expect(problem).toContain(`policy.disputes, ${file}:4`);
  });

  test('each unknown option at its own line, also when its name occurs elsewhere', async () => {
    const file = await fileWith(`// disputes: 'attention'
const policy = {
  messages: { delivered: 'disputes: one' },
  dispute: 'attention',
  disputes: 'attention',
  'privateUrl': 'deliver',
};
export default {
  agents: [
    { name: 'ada', apiKey: 'atelier_1' },
    { name: 'bob',
      apiKey: 'sk-1' },
  ],
  handlers: [
    ${PAINTER},
    { name: 'writer', match: 'default', generate: () => [], timeLimitSeconds: 1,
      attempts: 50 },
  ],
  policy,
};
`);
    const problem = await problemOf(loadConfig({ ARTIFACTS_DIR, FULFILLMENT_CONFIG: file }));
    expect(problem.split('\n').filter((line) => line.startsWith('✖'))).toHaveLength(4);
    expect(problem).toContain(`"disputes". Did you mean "dispute"?\n  → at policy.disputes, ${file}:5`);
    expect(problem).toContain(
      `"privateUrl". Did you mean "privateUrls"?\n  → at policy.privateUrl, ${file}:6`,
    );
    expect(problem).toContain(`→ at agents[1].apiKey, ${file}:12`);
    expect(problem).toContain(`→ at handlers[1].attempts, handler "writer", ${file}:17`);
  });

  test.each(['sk-0123456789', 'atelier_…', 'atelier_0123 ', '"atelier_0123"', 'ATELIER_0123'])(
    'an invalid key, before any call and without showing it: %s',
    async (key) => {
      const problem = await problemOf(load(agent(`apiKey: ${JSON.stringify(key)}`)));
      expect(problem).toContain('is not a key of Atelier: a key begins with "atelier_"');
      expect(problem).toContain('agents[0].apiKey');
      expect(problem).not.toContain(key);
    },
  );

  test('a misspelt option of an agent', async () => {
    const problem = await problemOf(load(agent(`apiKey: 'atelier_1', webhookSecert: 'x'`)));
    expect(problem).toContain('Unknown option "webhookSecert". Did you mean "webhookSecret"?');
  });

  test('no key, if a key has the wrong type', async () => {
    const problem = await problemOf(load(agent(`apiKey: ['atelier_secret']`)));
    expect(problem).not.toContain('atelier_secret');
  });
});
