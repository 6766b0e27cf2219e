import type { Outcome } from '../tool-checks.ts';
import { readTrackedFiles } from '../tracked-files.ts';
import { crowdedFolders } from './crowded-folders.ts';
import { findingsIn } from './source-findings.ts';

const CHECKED = /\.(ts|mjs|js|lua)$/;
const PARSED = /\.(ts|mjs|js)$/;

/**
 * Checks the structure of the source: the size of files and folders, positional parameters, state
 * in modules, and types that check nothing.
 */
export function runStructureCheck(): Outcome {
  const files = readTrackedFiles([], (file) => CHECKED.test(file));
  const lines = [
    ...files
      .filter(({ file }) => PARSED.test(file))
      .flatMap(({ file, source }) =>
        findingsIn(file, source).map(({ line, rule }) => `${file}:${line}  ${rule}`),
      ),
    ...crowdedFolders(files.map(({ file }) => file)).map(
      ({ folder, count }) => `${folder}  holds ${count} source files at one level`,
    ),
  ];
  const isPassed = lines.length === 0;
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, output: lines.join('\n') };
}
