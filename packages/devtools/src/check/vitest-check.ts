import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '@fulfillment/processes';
import { acquireChromium } from '../browser.ts';
import { acquireRedis } from '../redis.ts';
import { type Outcome, runTool } from './tool-checks.ts';
import { countReport, type VitestReport } from './vitest-report.ts';

/**
 * Runs all tests, with a Redis and a Chromium of their own, and prints Vitest's lines as they come.
 */
export async function runVitestCheck(log: (line: string) => void): Promise<Outcome> {
  const chromium = await acquireChromium({ log });
  const redis = await acquireRedis({ log });
  // The tests' temporary files disappear with this folder, even after an interruption.
  const folder = await temporaryFolder('check');
  // Postgres refuses to run as root. The user that it runs as must reach its data in this folder.
  await chmod(folder.path, 0o711);
  const file = path.join(folder.path, 'report.json');
  try {
    const { exit } = await runTool(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      { env: { REDIS_URL: redis.url, CHROMIUM_PATH: chromium, TMPDIR: folder.path }, onLine: log },
    );
    const isExitOk = 'code' in exit && exit.code === 0;
    return { ...countReport(await readReport(file), isExitOk), output: '' };
  } finally {
    await redis.close();
    await folder.remove();
  }
}

async function readReport(file: string): Promise<VitestReport | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as VitestReport;
  } catch {
    return null;
  }
}
