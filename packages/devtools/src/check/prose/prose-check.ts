import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '@fulfillment/processes';
import type { Outcome } from '../tool-checks.ts';
import { passagesOf } from './passages.ts';
import { findingsIn } from './rules.ts';

/** These files quote sentences that break the rules. */
const QUOTES_BAD_PROSE = /^packages\/devtools\/src\/check\/prose\//;

/**
 * Checks the language of every tracked document, comment and text below the given folders.
 * @param folders paths from the root; the whole repository if there are none.
 */
export function runProseCheck(folders: readonly string[] = []): Outcome {
  const files = execFileSync('git', ['ls-files', '--', ...folders], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && !QUOTES_BAD_PROSE.test(file) && existsSync(path.join(ROOT, file)));
  const lines = files.flatMap((file) =>
    passagesOf(file, readFileSync(path.join(ROOT, file), 'utf8'))
      .flatMap(findingsIn)
      .map(({ line, rule, text }) => `${file}:${line}  ${rule}\n    ${text.slice(0, 160)}`),
  );
  const output = lines.length === 0 ? '' : `${lines.join('\n')}\n${lines.length} findings`;
  return { passed: lines.length === 0 ? 1 : 0, failed: lines.length === 0 ? 0 : 1, output };
}
