import type { Outcome } from '../tool-checks.ts';
import { readTrackedFiles } from '../tracked-files.ts';
import { passagesOf } from './passages.ts';
import { findingsIn } from './rules.ts';

/** The files of the prose check quote sentences that break the rules. */
const CHECKED = /^(?!packages\/devtools\/src\/check\/prose\/).*\.(md|ts|mjs|js)$/;

/**
 * Checks the language of every document, comment and text below the given folders.
 * @param folders paths from the root. The whole repository if there are none.
 */
export function runProseCheck(folders: readonly string[] = []): Outcome {
  const lines = readTrackedFiles(folders, CHECKED).flatMap(({ file, source }) =>
    passagesOf(file, source)
      .flatMap(findingsIn)
      .map(({ line, rule, text }) => `${file}:${line}  ${rule}\n    ${text.slice(0, 160)}`),
  );
  const output = lines.length === 0 ? '' : `${lines.join('\n')}\n${lines.length} findings`;
  return { passed: lines.length === 0 ? 1 : 0, failed: lines.length === 0 ? 0 : 1, output };
}
