import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:net';
import { freePort } from './ports.ts';
import { waitFor } from './wait-for.ts';

export async function acquireRedis(_options: { log: (line: string) => void }): Promise<{ url: string; close: () => Promise<void> }> {
  const url = process.env.REDIS_URL;
  if (url) return { url, close: async () => undefined };
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-'));
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
  await waitFor('redis', () => new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { socket.end(); resolve(true); });
    socket.on('error', () => resolve(false));
  }));
  return {
    url: `redis://127.0.0.1:${port}`,
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
