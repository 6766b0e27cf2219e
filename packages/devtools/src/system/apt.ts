import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { guard, Tail } from '@fulfillment/processes';
import { findProgram } from './find-program.ts';

const KEPT_CHARACTERS = 20_000;
/**
 * Debian's packages run this program before they start a service. Exit status 101 forbids the
 * start.
 */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };

/**
 * Whether this process may install system packages: it runs as root on Debian or a similar system.
 */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && findProgram(['apt-get']) !== null;
}

/**
 * Installs a package with apt-get, and announces it first. A service in the package does not start.
 * @throws Error with the last output of apt-get.
 */
export async function installPackage(name: string, log: (line: string) => void): Promise<void> {
  log(`Installing ${name} with apt-get, since this is run as root and no ${name} is here …`);
  const allowServicesAgain = await forbidServices();
  try {
    await aptGet(['update']);
    await aptGet(['install', '--yes', '--no-install-recommends', name]);
  } finally {
    await allowServicesAgain();
  }
}

async function forbidServices(): Promise<() => Promise<void>> {
  if (existsSync(SERVICE_POLICY)) return async () => undefined;
  const release = guard({ path: SERVICE_POLICY });
  await writeFile(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return async () => {
    await rm(SERVICE_POLICY, { force: true });
    release();
  };
}

async function aptGet(args: readonly string[]): Promise<void> {
  const child = spawn('apt-get', ['--quiet', ...args], {
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = new Tail(KEPT_CHARACTERS);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => output.add(chunk.trimEnd()));
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} failed with status ${code}:\n${output.text()}`);
}
