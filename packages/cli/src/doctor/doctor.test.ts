import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openS3 } from '@fulfillment/artifacts/test-support';
import { openMarket, redisServer, startRedis } from '@fulfillment/platform/test-support';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { clockFinding } from './clock.ts';
import type { Finding } from './finding.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'doctor-'));
const market = await openMarket();
/** Takes the ingestor's place: serves the folder of the artifacts. */
const ingestor = createServer((request, response) => {
  const file = path.join(folder, 'artifacts', (request.url ?? '').replace('/artifacts/', ''));
  createReadStream(file)
    .on('error', () => response.writeHead(404).end())
    .pipe(response);
});
await new Promise<void>((resolve) => ingestor.listen(0, '127.0.0.1', resolve));
const PUBLIC_URL = `http://127.0.0.1:${(ingestor.address() as AddressInfo).port}`;
afterAll(async () => {
  ingestor.close();
  await market[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const HANDLERS = path.join(import.meta.dirname, '../../../handlers/src/index.ts');
const handlers = (list: string) =>
  writeFile(
    path.join(folder, 'fulfillment.config.ts'),
    `import { command, defineConfig, defineHandler } from ${JSON.stringify(HANDLERS)};
const generate = () => ({ body: 'x', contentType: 'text/plain' });
export default defineConfig({ handlers: [${list}] });`,
  );
const me = (fields: object = {}) => ({
  id: 'agt_1',
  endpoint_url: `${PUBLIC_URL}/webhooks/atelier`,
  webhook_secret: 'whsec_1',
  ...fields,
});
const service = (fields: object = {}) => ({
  id: 'srv_1',
  title: 'A drawing',
  category: 'image_gen',
  price_type: 'fixed',
  price_usd: '20.00',
  turnaround_hours: 24,
  max_revisions: 1,
  ...fields,
});
const sells = (...services: object[]) => {
  market.answers['GET /api/agents/agt_1/services'] = { data: services };
};

beforeEach(async () => {
  market.calls.length = 0;
  market.answers['GET /api/agents/me'] = { data: me() };
  sells(service());
  await handlers(`defineHandler({ name: 'painter', match: { category: 'image_gen' }, generate })`);
});

interface Diagnosis {
  code: number;
  findings: Finding[];
  stdout: string;
  stderr: string;
}

/** Runs the command as an operator does. */
function doctor(env: NodeJS.ProcessEnv = {}, ...args: string[]): Promise<Diagnosis> {
  const { PATH, REDIS_URL } = process.env;
  const settings = {
    PATH,
    REDIS_URL,
    ATELIER_BASE_URL: market.url,
    ATELIER_API_KEY: 'atelier_secret',
    PUBLIC_URL,
    ARTIFACTS_DIR: 'artifacts',
    // Only the tests of these processes start them.
    HANDLER_ISOLATION: 'none',
    ...env,
  };
  const main = path.join(import.meta.dirname, '../aliases/doctor.ts');
  const options = args.length > 0 ? args : ['--', '--json'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...options],
      { cwd: folder, env: settings },
      (error, stdout, stderr) => {
        const findings = options.includes('--json')
          ? stdout
              .trim()
              .split('\n')
              .filter(Boolean)
              .map((line): Finding => JSON.parse(line))
          : [];
        resolve({ code: error === null ? 0 : Number(error.code), findings, stdout, stderr });
      },
    );
  });
}
const wrong = ({ findings }: Diagnosis) => findings.filter(({ level }) => level === 'problem');

describe('a correct setup', () => {
  test('has no problem, and a line for each check', async () => {
    const { code, stdout } = await doctor({ HANDLER_ISOLATION: 'process' }, '--');
    expect(code).toBe(0);
    for (const line of [
      '✓ settings: are complete',
      '✓ redis: version ',
      '✓ redis: evicts nothing',
      '✓ clock: agrees with that of redis',
      '✓ artifacts: can be kept in ',
      '✓ artifacts: can be opened from outside',
      '✓ configuration: fulfillment.config.ts: 1 handlers, 1 agents',
      '✓ processes of handlers: start: up to 4 in a worker',
      '✓ agent "default": is agt_1, and its key is good',
      '✓ agent "default": webhooks come to the ingestor',
      '✓ clock: agrees with that of the marketplace',
      '✓ service "A drawing": handler "painter"',
    ])
      expect(stdout).toContain(line);
    expect(stdout).toMatch(/\n\d+ ok, \d+ warnings, 0 problems\n$/);
  });

  test('that does not load without a secret of the product has no processes of handlers', async () => {
    await writeFile(
      path.join(folder, 'fulfillment.config.ts'),
      `if (process.env.REDIS_URL === undefined) throw new Error('no Redis');
export default { handlers: [] };`,
    );
    const diagnosis = await doctor({ HANDLER_ISOLATION: 'process' });
    expect(wrong(diagnosis)).toContainEqual(
      expect.objectContaining({ about: 'processes of handlers', text: expect.stringContaining('no Redis') }),
    );
  });

  test('stays unchanged: no write to the marketplace, and no probe stays', async () => {
    await doctor();
    expect(new Set(market.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(await readdir(path.join(folder, 'artifacts'))).toEqual([]);
  });

  test('doctor warns about an agent that cannot be hired or paid, and a service that nobody can order', async () => {
    market.answers['GET /api/agents/me'] = {
      data: me({
        marketable: false,
        moderation: { status: 'suspended', reason: null },
        payout_chain: 'base',
        base_payout_configured: false,
      }),
    };
    sells(service({ active: 0 }), service({ id: 'srv_2', moderation_status: 'rejected', active: 1 }));
    const { code, findings } = await doctor();
    expect(code).toBe(0);
    const warned = findings.filter(({ level, about }) => level === 'warning' && about === 'agent "default"');
    for (const part of ['no owner', '"suspended"', 'payout wallet on base', 'switched off', '"rejected"'])
      expect(warned.map(({ text }) => text)).toContainEqual(expect.stringContaining(part));
    expect(warned.every((finding) => 'advice' in finding && finding.advice !== '')).toBe(true);
  });

  test('without PUBLIC_URL it works, and a warning names the cost', async () => {
    const { code, findings } = await doctor({ PUBLIC_URL: '' });
    expect(code).toBe(0);
    const texts = findings.filter(({ level }) => level === 'warning').map(({ text }) => text);
    expect(texts).toContainEqual(expect.stringContaining('found by polling alone'));
    expect(texts).toContainEqual(expect.stringContaining('uploaded to the marketplace'));
  });

  test('PUBLIC_URL is not advised if the configuration names a store', async () => {
    await writeFile(
      path.join(folder, 'fulfillment.config.ts'),
      `import { atelier, defineConfig, defineHandler } from ${JSON.stringify(HANDLERS)};
const painter = defineHandler({ name: 'painter', match: 'default', generate: () => [] });
export default defineConfig({ handlers: [painter], artifacts: atelier() });`,
    );
    const { findings } = await doctor({ PUBLIC_URL: '' });
    expect(findings).toContainEqual({
      level: 'ok',
      about: 'artifacts',
      text: 'are uploaded to the marketplace, 50 MB and some types at most',
    });
  });
});

test.each<[string, NodeJS.ProcessEnv, string, string]>([
  ['a setting', { ATELIER_BASE_URL: 'ftp://x' }, 'settings', 'ATELIER_BASE_URL'],
  ['Redis', { REDIS_URL: 'redis://user:hidden@127.0.0.1:1' }, 'redis', 'redis://127.0.0.1:1 does not answer'],
  ['the folder', { ARTIFACTS_DIR: 'fulfillment.config.ts' }, 'artifacts', 'fulfillment.config.ts: ENOTDIR'],
  ['the configuration', { FULFILLMENT_CONFIG: 'no.ts' }, 'configuration', 'no.ts cannot be loaded'],
  ['the key', { ATELIER_API_KEY: '' }, 'configuration', 'Set ATELIER_API_KEY'],
  [
    'the marketplace',
    { ATELIER_BASE_URL: 'http://127.0.0.1:1' },
    'agent "default"',
    'does not tell who it is',
  ],
])('a problem with %s has advice, and ends with 1', async (_what, env, about, text) => {
  const diagnosis = await doctor(env);
  expect(diagnosis.code).toBe(1);
  expect(wrong(diagnosis)).toEqual([
    { level: 'problem', about, text: expect.stringContaining(text), advice: expect.stringMatching(/\S/) },
  ]);
  expect(diagnosis.stdout).not.toMatch(/hidden|atelier_secret/);
});

describe.skipIf(redisServer === null)('problems of a Redis that answers are distinguished:', () => {
  test.each<[string, string[], string, string]>([
    ['a password that is needed', ['--requirepass', 'x'], 'NOAUTH', 'password into REDIS_URL'],
    ['a replica', ['--replicaof', '127.0.0.1', '1'], 'READONLY', 'read-only replica'],
    ['a full memory', ['--maxmemory', '1'], 'OOM', 'maxmemory'],
    [
      'a Cluster node',
      ['--cluster-enabled', 'yes', '--cluster-config-file', `doctor-${process.pid}.conf`],
      'CLUSTERDOWN',
      'Cluster node',
    ],
    [
      'rights that are missing',
      ['--user', ...'default on nopass ~* &* +@all -zadd -hset'.split(' ')],
      'the command hset, the command zadd',
      'The Redis user',
    ],
    [
      'a user without INFO and without rights',
      ['--user', ...'default on nopass ~* &* +@all -info -xadd'.split(' ')],
      'the command xadd',
      'docs/operator/redis.md',
    ],
  ])('%s', async (_what, options, text, advice) => {
    await using redis = await startRedis(...options);
    const diagnosis = await doctor({ REDIS_URL: redis.url });
    expect(diagnosis.code).toBe(1);
    expect(wrong(diagnosis)).toEqual([
      {
        level: 'problem',
        about: 'redis',
        text: expect.stringContaining(text),
        advice: expect.stringContaining(advice),
      },
    ]);
  });

  test('a database that does not exist does not count as database 0', async () => {
    await using redis = await startRedis('--databases', '1');
    const diagnosis = await doctor({ REDIS_URL: `${redis.url}/1` });
    expect(wrong(diagnosis)).toMatchObject([
      { about: 'redis', text: expect.stringContaining('no such database') },
    ]);
  });
});

test('a folder that the ingestor does not serve is a problem', async () => {
  const diagnosis = await doctor({ ARTIFACTS_DIR: 'other' });
  expect(wrong(diagnosis)).toMatchObject([
    { about: 'artifacts', text: expect.stringContaining('answered 404') },
  ]);
});

describe('a bucket', () => {
  const BUCKET = 'deliverables';
  const S3 = path.join(import.meta.dirname, '../../../handlers/src/s3.ts');
  /** Writes a configuration with its files in a bucket, and with some wrong options of `s3`. */
  async function inBucket(options: object): Promise<void> {
    await writeFile(
      path.join(folder, 'fulfillment.config.ts'),
      `import { defineConfig, defineHandler } from ${JSON.stringify(HANDLERS)};
import { s3 } from ${JSON.stringify(S3)};
const painter = defineHandler({ name: 'painter', match: 'default', generate: () => [] });
export default defineConfig({ handlers: [painter], artifacts: s3(${JSON.stringify({ bucket: BUCKET, ...options })}) });`,
    );
  }
  const artifacts = ({ findings }: Diagnosis) => findings.filter(({ about }) => about === 'artifacts');

  test('that works is written, opened with a signed URL, and left empty', async () => {
    await using server = await openS3(BUCKET);
    const { endpoint, credentials } = server;
    await inBucket({ endpoint, credentials, access: { signedForDays: 7 } });
    const diagnosis = await doctor();
    expect(artifacts(diagnosis)).toEqual([
      { level: 'ok', about: 'artifacts', text: `can be kept in the bucket "${BUCKET}" at ${endpoint}` },
      { level: 'ok', about: 'artifacts', text: 'can be opened from outside' },
    ]);
  });

  test('that is not public, although publicUrl is set', async () => {
    await using server = await openS3(BUCKET);
    const { endpoint, credentials } = server;
    await inBucket({ endpoint, credentials, access: { publicUrl: `${endpoint}/another` } });
    expect(wrong(await doctor())).toEqual([
      {
        level: 'problem',
        about: 'artifacts',
        text: expect.stringContaining('cannot be opened from outside'),
        advice: expect.stringContaining('that publicUrl leads to it'),
      },
    ]);
  });

  test('that rejects the key', async () => {
    await using server = await openS3(BUCKET);
    const { endpoint } = server;
    const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
    await inBucket({ endpoint, credentials, access: { signedForDays: 7 } });
    expect(wrong(await doctor())).toEqual([
      {
        level: 'problem',
        about: 'artifacts',
        text: expect.stringContaining('the artifact store rejects a file'),
        advice: expect.stringContaining('credentials of s3(…)'),
      },
    ]);
  });

  test('that does not answer delays the doctor by ten seconds at most', { timeout: 40_000 }, async () => {
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const endpoint = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    await inBucket({ endpoint, credentials, access: { signedForDays: 7 } });
    const diagnosis = await doctor();
    mute.closeAllConnections();
    mute.close();
    expect(wrong(diagnosis)).toEqual([
      {
        level: 'problem',
        about: 'artifacts',
        text: `cannot be kept in the bucket "${BUCKET}" at ${endpoint}: no answer within 10 s`,
        advice: expect.stringContaining('Check endpoint'),
      },
    ]);
    expect(diagnosis.findings).toContainEqual(expect.objectContaining({ about: 'agent "default"' }));
  });
});

describe('an agent', () => {
  test('whose key is rejected', async () => {
    market.answers['GET /api/agents/me'] = { status: 401, text: 'Invalid API key' };
    expect(wrong(await doctor())).toMatchObject([
      { about: 'agent "default"', text: `the marketplace at ${market.url} refuses its key` },
    ]);
  });

  test('whose webhooks go elsewhere', async () => {
    market.answers['GET /api/agents/me'] = { data: me({ endpoint_url: 'https://old.example.com' }) };
    const { findings } = await doctor();
    expect(findings).toContainEqual({
      level: 'warning',
      about: 'agent "default"',
      text: 'its webhooks go to https://old.example.com',
      advice: `Start the ingestor: it registers ${PUBLIC_URL}/webhooks/atelier`,
    });
  });

  test('whose webhooks cannot be verified', async () => {
    market.answers['GET /api/agents/me'] = { data: me({ webhook_secret: null }) };
    expect(wrong(await doctor())).toMatchObject([{ text: expect.stringContaining('cannot be verified') }]);
    expect(wrong(await doctor({ ATELIER_WEBHOOK_SECRET: 'whsec_2' }))).toEqual([]);
  });

  test('whose webhooks would be rejected, because another secret is configured', async () => {
    const diagnosis = await doctor({ ATELIER_WEBHOOK_SECRET: 'whsec_2' });
    expect(wrong(diagnosis)).toMatchObject([
      { about: 'agent "default"', text: expect.stringContaining('webhooks would be refused') },
    ]);
    expect(diagnosis.stdout).not.toMatch(/whsec_[12]/);
    expect(wrong(await doctor({ ATELIER_WEBHOOK_SECRET: 'whsec_1' }))).toEqual([]);
  });

  test('whose services cannot be read', async () => {
    market.answers['GET /api/agents/agt_1/services'] = { status: 400, text: 'no' };
    expect(wrong(await doctor())).toMatchObject([
      { text: expect.stringContaining('services cannot be read') },
    ]);
    const { findings } = await doctor();
    expect(findings.filter(({ about }) => about.startsWith('handler'))).toMatchObject([
      { level: 'ok', text: expect.stringContaining('not checked') },
    ]);
  });
});

describe('services and handlers', () => {
  test('a service without a handler', async () => {
    sells(service(), service({ id: 'srv_2', title: 'A poem', category: 'custom' }));
    expect(wrong(await doctor())).toMatchObject([
      { about: 'service "A poem"', advice: expect.stringContaining("serviceId: 'srv_2'") },
    ]);
  });

  test.each([{ active: 0 }, { moderation_status: 'rejected' }])(
    'a service that nobody can order (%j) needs no handler yet',
    async (state) => {
      const quoted = service({ id: 'srv_3', title: 'A mural', price_type: 'quote', ...state });
      sells(service(), service({ id: 'srv_2', title: 'A poem', category: 'custom', ...state }), quoted);
      const { code, findings } = await doctor();
      expect(code).toBe(0);
      for (const about of ['service "A poem"', 'service "A mural"']) {
        expect(findings).toContainEqual(
          expect.objectContaining({
            level: 'warning',
            about,
            text: expect.stringContaining('nobody can order'),
          }),
        );
      }
    },
  );

  test('a handler without a service', async () => {
    await handlers(`defineHandler({ name: 'painter', match: 'default', generate }),
      defineHandler({ name: 'poet', match: { title: /poem/ }, generate })`);
    expect((await doctor()).findings).toContainEqual(
      expect.objectContaining({ level: 'warning', about: 'handler "poet"' }),
    );
  });

  test("an agent's service, and a handler for another agent", async () => {
    await handlers(`defineHandler({ name: 'painter', match: { agent: 'default' }, generate }),
      defineHandler({ name: 'other', match: { agent: 'studio' }, generate })`);
    expect(await doctor()).toMatchObject({
      code: 0,
      findings: expect.arrayContaining([
        { level: 'ok', about: 'service "A drawing"', text: 'handler "painter"' },
        expect.objectContaining({ level: 'warning', about: 'handler "other"' }),
      ]),
    });
  });

  test('a match function that matches no order without a brief is reported as unchecked', async () => {
    await handlers(`defineHandler({ name: 'poet', match: ({ brief }) => brief.includes('poem'), generate }),
      defineHandler({ name: 'painter', match: 'default', generate })`);
    expect((await doctor()).findings).toContainEqual(
      expect.objectContaining({
        level: 'ok',
        about: 'handler "poet"',
        text: expect.stringContaining('not checked'),
      }),
    );
  });

  test('a service that only a match function can match is a warning, and no problem', async () => {
    await handlers(`defineHandler({ name: 'poet', match: ({ brief }) => brief.includes('poem'), generate })`);
    expect(await doctor()).toMatchObject({
      code: 0,
      findings: expect.arrayContaining([
        expect.objectContaining({
          level: 'warning',
          about: 'service "A drawing"',
          text: expect.stringContaining('match function of "poet"'),
        }),
      ]),
    });
  });

  test('a handler that cannot quote, beside a match function whose handler can', async () => {
    sells(service({ price_type: 'quote' }));
    await handlers(`defineHandler({ name: 'poet', match: ({ brief }) => brief.includes('poem'), generate, quote: () => '1.00' }),
      defineHandler({ name: 'painter', match: 'default', generate })`);
    expect(await doctor()).toMatchObject({
      code: 0,
      findings: expect.arrayContaining([
        expect.objectContaining({ level: 'warning', text: expect.stringContaining('chooses "poet"') }),
      ]),
    });
  });

  test('a cost limit without effect, because no cost is reported', async () => {
    await handlers(
      `defineHandler({ name: 'program', match: { title: /drawing/ }, maxCostUsd: { order: 1 }, generate: command({ run: ['true'] }) }),
      defineHandler({ name: 'own', match: 'default', maxCostUsd: { order: 1 }, generate })`,
    );
    expect((await doctor()).findings.filter(({ text }) => text.includes('maxCostUsd'))).toMatchObject([
      { level: 'warning', about: 'handler "program"' },
    ]);
  });

  test('a service that must be quoted, and a handler that cannot quote', async () => {
    sells(service({ price_type: 'quote' }));
    expect(wrong(await doctor())).toMatchObject([{ text: expect.stringContaining('has no quote function') }]);
    await handlers(`defineHandler({ name: 'painter', match: 'default', generate, quote: () => '1.00' })`);
    expect(wrong(await doctor())).toEqual([]);
  });

  test('a match function that throws for an order without a brief', async () => {
    await handlers(`defineHandler({ name: 'p', match: () => { throw new Error('no brief'); }, generate })`);
    expect((await doctor()).findings).toContainEqual(
      expect.objectContaining({ level: 'warning', about: 'service "A drawing"' }),
    );
  });
});

test.each([
  [1_000_000, 'ok'],
  [1_004_000, 'ok'],
  [1_020_000, 'warning'],
  [980_000, 'warning'],
])('a clock that says %i at 1000000 is %s', (theirs, level) => {
  expect(clockFinding('x', { theirs, begun: 1_000_000, ended: 1_000_100 }).level).toBe(level);
});

test('a wrong call ends with 2', async () => {
  const { code, stderr } = await doctor({}, '--nonsense');
  expect(code).toBe(2);
  expect(stderr).toContain('See pnpm run doctor --help');
});
