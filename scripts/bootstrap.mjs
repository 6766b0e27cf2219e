/**
 * Makes a fresh clone able to run: plain JavaScript, for Node 20 with npm and nothing else. It
 * installs the workspace's packages, which bring the Node 24 that everything else runs on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = path.join(ROOT, 'node_modules');
const MARKER = path.join(MODULES, '.installed');
const NODE = path.join(MODULES, '.bin', 'node');
const LEAST_NODE = 20;
const WORKSPACE_NODE = 'v24.';

/** Stops with an explanation and without a stack. */
function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/**
 * Installs the workspace's packages unless the packages of this exact lockfile are installed. Stops
 * the process if it cannot.
 */
export function ensureInstalled() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < LEAST_NODE)
    fail(`Node.js ${LEAST_NODE} or later is required. This is ${process.version}. See https://nodejs.org`);
  const wanted = fingerprint();
  if (readMarker() !== wanted || !existsSync(NODE)) {
    install();
    writeFileSync(MARKER, wanted);
  }
  const version = spawnSync(NODE, ['--version'], { encoding: 'utf8' });
  if (!version.stdout?.startsWith(WORKSPACE_NODE)) {
    const found = version.error?.message ?? `${version.stdout}${version.stderr}`.trim();
    fail(
      `${NODE} should be Node 24, but: ${found}\nRemove the node_modules folder and run the same command again.`,
    );
  }
}

/**
 * Runs a TypeScript file on the workspace's Node, in the root folder. This process ends with the
 * same exit status, or with 128 + the signal's number. A signal to this process reaches it.
 */
export function runOnNode24(file, args) {
  const child = spawn(NODE, [path.join(ROOT, file), ...args], { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${file} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  // The exact version, so that a new pnpm changes nothing here. npx rejects the checksum that may
  // follow it.
  const [pnpm] = packageManager.split('+');
  const command = ['npx', '-y', pnpm, 'install', '--frozen-lockfile'];
  console.log(`Installing the workspace's packages: ${command.join(' ')}`);
  const [program, ...args] = command;
  // With CI set, pnpm asks no question, even when it must replace a node_modules folder.
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CI: 'true' },
  });
  if (error) fail(`npx cannot be started (it comes with npm): ${error.message}`);
  if (status !== 0)
    fail(`The packages could not be installed (status ${status}). The lines above show the reason.`);
}

/** Changes whenever another install is necessary. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** The package.json of the root and of each workspace package. */
function manifests() {
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(path.join(ROOT, parent)).map((name) => path.join(parent, name)),
  );
  return ['.', 'tests', ...folders.sort()]
    .map((folder) => path.join(folder, 'package.json'))
    .filter((file) => existsSync(path.join(ROOT, file)));
}

function readMarker() {
  return existsSync(MARKER) ? readFileSync(MARKER, 'utf8') : null;
}
