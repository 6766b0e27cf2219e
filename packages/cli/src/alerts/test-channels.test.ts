import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, '../main.ts');
const HANDLERS = path.join(import.meta.dirname, '../../../handlers/src/index.ts');
let folder: string;
const bodies: string[] = [];
const server = createServer(async (request, response) => {
  for await (const chunk of request) bodies.push(String(chunk));
  response.writeHead(request.url === '/refuses' ? 404 : 200).end();
});
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'channels-'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function run(channels: string) {
  const file = path.join(folder, `${channels.length}.config.ts`);
  await writeFile(
    file,
    `import { discord, slack } from ${JSON.stringify(HANDLERS)};
    export default { handlers: [{ name: 'a', match: 'default', generate: () => [], timeLimitSeconds: 60, attempts: 1 }], alerts: { channels: [${channels}] } };`,
  );
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [MAIN, 'alerts', 'test'], {
    env: {
      PATH: process.env.PATH,
      ATELIER_API_KEY: 'atelier_0123456789abcdef',
      FULFILLMENT_CONFIG: file,
      HOOK: `${base}/secret-token`,
      REFUSES: `${base}/refuses`,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output += String(text);
    });
  const [code] = await once(child, 'close');
  return { code, output };
}

test('each channel gets one message, and a failure is named without its address', async () => {
  const channels = `{ name: 'team', channel: slack({ webhookUrl: process.env.HOOK }) },
    { name: 'other', channel: discord({ webhookUrl: process.env.REFUSES }) }`;
  const { code, output } = await run(channels);
  expect(code).toBe(1);
  expect(output).toContain('✓ team (slack)');
  expect(output).toContain('✗ other (discord): discord answered 404');
  expect(output).not.toContain('127.0.0.1');
  expect(bodies.filter((body) => body.includes('This channel works'))).toHaveLength(2);
});

test('a channel without its address is a configuration error, and no channel at all is a failure', async () => {
  const missing = await run(`{ name: 'team', channel: slack({ webhookUrl: process.env.NONE }) }`);
  expect(missing.output).toContain('slack has no webhookUrl');
  expect(missing.code).toBe(78);
  const none = await run('');
  expect(none.output).toContain('has no channels');
  expect(none.code).toBe(1);
});
