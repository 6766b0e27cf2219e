import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startProcess, temporaryFolder } from '@fulfillment/processes';
import { freePort } from './ports.ts';
import { isRedisAlive } from './redis-answer.ts';
import { canInstall, installPackage } from './system/apt.ts';
import { findProgram } from './system/find-program.ts';

const PROGRAMS = ['redis-server', 'valkey-server'];
const ATTEMPTS = 3;

export interface AcquiredRedis {
  url: string;
  /** Ends a private server and removes its folder. Does not touch the server of REDIS_URL. */
  close: () => Promise<void>;
}

/**
 * A Redis for development and tests. It is the one of REDIS_URL, or a private server on a free port
 * of loopback that ends with this process. We never touch a server that already runs on this
 * machine. As root on Debian, we install the program when it is missing.
 * @throws Error naming the ways to get a Redis.
 */
export async function acquireRedis({
  log,
  keepIn,
}: {
  log: (line: string) => void;
  /** A folder in which a private server finds its data again. Left out: a temporary folder. */
  keepIn?: string;
}): Promise<AcquiredRedis> {
  const given = process.env.REDIS_URL;
  if (given) return { url: given, close: async () => undefined };
  const program = await requireRedisProgram(log);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startPrivate(program, keepIn);
    } catch (error) {
      // Another process may have taken the port meanwhile.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * The path of a Redis server program, installed when necessary.
 * @throws Error naming the ways to get one.
 */
export async function requireRedisProgram(log: (line: string) => void): Promise<string> {
  const found = findProgram(PROGRAMS);
  if (found !== null) return found;
  if (canInstall()) {
    await installPackage('redis-server', log);
    const installed = findProgram(PROGRAMS);
    if (installed !== null) return installed;
  }
  throw new Error(
    [
      'No Redis was found. There are three ways to provide one:',
      '  - set REDIS_URL to a Redis or Valkey for test data',
      '  - put redis-server or valkey-server on the PATH (Debian: apt-get install redis-server, macOS: brew install redis)',
      '  - run this as root on Debian or Ubuntu, which installs redis-server',
    ].join('\n'),
  );
}

async function startPrivate(program: string, keepIn: string | undefined): Promise<AcquiredRedis> {
  const port = await freePort();
  const folder = keepIn === undefined ? await temporaryFolder('private-redis') : await keptFolder(keepIn);
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder.path,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const server = startProcess({
    name: path.basename(program),
    command: program,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    cwd: folder.path,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    readyUrl: () => isRedisAlive(port),
  });
  const close = async () => {
    await server.stop();
    await folder.remove();
  };
  try {
    await server.ready();
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, close };
}

async function keptFolder(folder: string): Promise<{ path: string; remove: () => Promise<void> }> {
  await mkdir(folder, { recursive: true });
  return { path: folder, remove: async () => undefined };
}
