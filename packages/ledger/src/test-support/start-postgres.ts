import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { type RunningProcess, startProcess, temporaryFolder } from '@fulfillment/processes';
import pg from 'pg';

const run = promisify(execFile);

/** A Postgres that only this test uses. */
export interface TestPostgres extends AsyncDisposable {
  /** The server's process, which starts a process for each connection. */
  pid: number | undefined;
  /** Creates an empty database, and returns its URL. */
  createDatabase(): Promise<string>;
  /** Ends the server as a crash does. */
  crash(): Promise<void>;
  /** Starts the server again, on the same port and data. */
  restart(): Promise<void>;
}

/** Speed matters here, and no test data must survive a crash of the machine. */
const FAST = ['fsync=off', 'full_page_writes=off', 'shared_buffers=16MB'];

/**
 * Starts a private server of the programs in POSTGRES_BIN.
 * @param configuration settings of Postgres, as `name=value`. Without it, a crash of the machine
 * may lose data.
 */
export async function startPostgres(configuration: readonly string[] = FAST): Promise<TestPostgres> {
  const folder = await temporaryFolder('private-postgres');
  const data = path.join(folder.path, 'data');
  await mkdir(data, { mode: 0o700 });
  if (isRoot()) await run('chown', ['-R', 'postgres', folder.path]);
  await asUser('initdb', [
    '-D',
    data,
    '-U',
    'ledger',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]);
  const port = await freePort();
  const url = (database: string) => `postgres://ledger@127.0.0.1:${port}/${database}`;
  const start = async (): Promise<RunningProcess> => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      ...configuration,
    ];
    const [command, args] = userCommand('postgres', [
      '-D',
      data,
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    const readyUrl = () => answers(url('postgres'));
    const server = startProcess({ name: 'postgres', command, args, cwd: data, env: ENVIRONMENT, readyUrl });
    await server.ready();
    return server;
  };
  let server = await start();
  const crash = async () => {
    server.kill('SIGQUIT');
    await server.exited;
  };
  return {
    get pid() {
      return server.pid;
    },
    async createDatabase() {
      const name = `ledger_${randomUUID().replaceAll('-', '')}`;
      await query(url('postgres'), `create database ${name}`);
      return url(name);
    },
    crash,
    async restart() {
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await crash();
      await folder.remove();
    },
  };
}

const ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C' };

async function asUser(program: string, args: readonly string[]): Promise<void> {
  await run(...userCommand(program, args), { env: ENVIRONMENT, cwd: '/' });
}

/** Postgres does not run as root. Debian's package has created a user for it. */
function userCommand(program: string, args: readonly string[]): [string, string[]] {
  const folder = process.env.POSTGRES_BIN;
  if (folder === undefined) throw new Error('Set POSTGRES_BIN to the folder of initdb and postgres.');
  const command = path.join(folder, program);
  return isRoot()
    ? ['setpriv', ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', command, ...args]]
    : [command, [...args]];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function answers(url: string): Promise<boolean> {
  return query(url, 'select 1').then(
    () => true,
    () => false,
  );
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
