import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

test.each([
  ['check', '--onyl', "pnpm check: unknown option '--onyl' (Did you mean --only?). See pnpm check --help"],
  ['dev', '--fersh', "pnpm dev: unknown option '--fersh' (Did you mean --fresh?). See pnpm dev --help"],
  ['prose', '--hlep', "pnpm prose: unknown option '--hlep' (Did you mean --help?). See pnpm prose --help"],
])('pnpm %s rejects %s with 2, and names the nearest option', async (command, option, line) => {
  const file = path.join(import.meta.dirname, `${command}.ts`);
  const answer = await new Promise((resolve) =>
    execFile(process.execPath, [file, option], (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    ),
  );
  expect(answer).toEqual({ code: 2, stdout: '', stderr: `${line}\n` });
});
