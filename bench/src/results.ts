import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '@fulfillment/tests/harness/environment';
import { z } from 'zod';
import type { Measure, Values } from './measure.ts';

const RESULTS = path.join(import.meta.dirname, '../results');

/** The stored results of a measure: every run, and the machine of the runs. */
const resultsSchema = z.strictObject({
  measure: z.string(),
  at: z.iso.datetime(),
  /** The commit under measurement. */
  commit: z.string().default('unknown'),
  conditions: z.string(),
  /** The figures of each run, by name. */
  runs: z.array(z.record(z.string(), z.number())),
});
export type Results = z.infer<typeof resultsSchema>;

/**
 * The folders of the code. The results and the report of a bench change during the bench itself.
 */
const CODE = ['apps', 'packages', 'tests', 'bench/src', 'bench/peers'];

/** The commit that is checked out, and whether the code has changed since. */
export async function checkedOut(): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: ROOT })).stdout.trim();
  const commit = await git('rev-parse', '--short=10', 'HEAD');
  const changes = await git('status', '--porcelain', '--', ...CODE);
  return changes === '' ? commit : `${commit} with changes`;
}

export async function keepResults({ name }: Measure, commit: string, runs: readonly Values[]): Promise<void> {
  const results: Results = {
    measure: name,
    at: new Date().toISOString(),
    commit,
    conditions: await conditions(),
    runs: [...runs],
  };
  await mkdir(RESULTS, { recursive: true });
  await writeFile(path.join(RESULTS, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
}

/** Reads stored results. @returns null if the measure was never run. */
export async function readResults(name: string): Promise<Results | null> {
  try {
    return resultsSchema.parse(JSON.parse(await readFile(path.join(RESULTS, `${name}.json`), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function conditions(): Promise<string> {
  const { stdout } = await promisify(execFile)('redis-server', ['--version']);
  const redis = /v=([\d.]+)/.exec(stdout)?.[1] ?? 'unknown';
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gigabytes} GB, Node ${process.versions.node}, Redis ${redis} with its append-only file on, all on one machine`;
}
