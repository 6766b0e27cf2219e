import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './scratch.ts';

/** A process of a test: its output, and its end. */
export interface Child extends AsyncDisposable {
  process: ChildProcess;
  output: () => string;
  says: (text: string) => Promise<unknown>;
  exited: Promise<number | string>;
}

function follow(child: ChildProcess): Child {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => chunks.push(String(chunk)));
  const output = () => chunks.join('');
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    process: child,
    output,
    exited,
    says: (text) =>
      until(`"${text}"`, () => output().includes(text)).catch((error: Error) => {
        throw new Error(`${error.message} It said: ${output()}`);
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs the test app in an empty folder, with only these variables in its environment. */
export async function startApp(env: Record<string, string>): Promise<Child> {
  const folder = await mkdtemp(path.join(tmpdir(), 'app-'));
  const script = path.join(import.meta.dirname, 'app.ts');
  const { PATH = '' } = process.env;
  const app = follow(spawn(process.execPath, [script], { cwd: folder, env: { PATH, ...env } }));
  void app.exited.then(() => rm(folder, { recursive: true, force: true }));
  return app;
}

const SERVERS = ['redis-server', 'valkey-server'];

/**
 * The Redis server of this machine, for tests that need their own server. Null: this machine has
 * none.
 */
export const redisServer = SERVERS.find((name) => spawnSync(name, ['--version']).status === 0) ?? null;

/** Starts a Redis that only this test uses. */
export async function startRedis(...options: string[]): Promise<Child & { url: string }> {
  if (redisServer === null) throw new Error('there is no redis-server in the PATH');
  const port = await freePort();
  // A separate folder: a replica writes its copy there, and a server reads existing files there at
  // its start.
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-'));
  const listening = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = follow(spawn(redisServer, [...listening, ...options]));
  void server.exited.then(() => rm(folder, { recursive: true, force: true }));
  await server.says('Ready to accept connections');
  return { ...server, url: `redis://127.0.0.1:${port}` };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
