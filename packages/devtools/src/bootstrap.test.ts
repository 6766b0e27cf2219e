import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT, temporaryFolder } from '@fulfillment/processes';
import { expect, test } from 'vitest';

test.each([
  ['pnpm@12.21.0', 'pnpm@12.21.0'],
  ['pnpm@12.21.0+sha512.abc', 'pnpm@12.21.0'],
])('a fresh clone whose manifest says %s is installed by %s', async (packageManager, pnpm) => {
  const clone = await temporaryFolder('clone');
  for (const folder of ['apps', 'packages', 'bin']) await mkdir(path.join(clone.path, folder));
  await cp(path.join(ROOT, 'scripts'), path.join(clone.path, 'scripts'), { recursive: true });
  await writeFile(path.join(clone.path, 'package.json'), JSON.stringify({ packageManager }));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    await writeFile(path.join(clone.path, file), '');
  const calls = path.join(clone.path, 'calls');
  // Takes the place of npx: records its arguments and installs nothing.
  await writeFile(path.join(clone.path, 'bin', 'npx'), `#!/bin/sh\necho "$@" > ${calls}\nexit 1\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, PATH: `${path.join(clone.path, 'bin')}:${process.env.PATH}` };
  const { status } = spawnSync(process.execPath, ['scripts/test.mjs'], { cwd: clone.path, env });
  expect(status).toBe(1);
  expect((await readFile(calls, 'utf8')).trim()).toBe(`-y ${pnpm} install --frozen-lockfile`);
  await clone.remove();
});
