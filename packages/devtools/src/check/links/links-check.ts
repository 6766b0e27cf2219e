import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '@fulfillment/processes';
import type { Outcome } from '../tool-checks.ts';
import { readTrackedFiles } from '../tracked-files.ts';
import { findBrokenLinks } from './broken-links.ts';

/** The tests of this check contain broken links. */
const CHECKED =
  /^(?!packages\/devtools\/src\/check\/links\/).*(\.(md|ts|mjs|js|yml|sh)|Dockerfile|\.env\.example)$/;

/** Checks that every link inside the repository leads to a file and a heading. */
export function runLinksCheck(): Outcome {
  const files = readTrackedFiles([], (file) => CHECKED.test(file));
  const broken = findBrokenLinks(files, (file) => existsSync(path.join(ROOT, file)));
  const lines = broken.map(({ file, line, target, problem }) => `${file}:${line}  ${target}: ${problem}`);
  return {
    passed: broken.length === 0 ? 1 : 0,
    failed: broken.length === 0 ? 0 : 1,
    output: lines.join('\n'),
  };
}
