import type { Outcome } from '../tool-checks.ts';
import { readTrackedFiles } from '../tracked-files.ts';
import { hasProse, passagesOf } from './passages.ts';
import { type Finding, findingsIn } from './rules.ts';
import { wideComments } from './wide-comments.ts';

/** The files of this check quote sentences that break the rules. */
const QUOTES_BAD_PROSE = /^packages\/devtools\/src\/check\/prose\//;

/** Characters of a finding's sentence to show. */
const EXCERPT = 160;

/**
 * Checks the language of every document, comment and text below the given folders.
 * @param folders paths from the root. The whole repository if there are none.
 */
export function runProseCheck(folders: readonly string[] = []): Outcome {
  const files = readTrackedFiles(folders, (file) => hasProse(file) && !QUOTES_BAD_PROSE.test(file));
  const findings = files.flatMap(({ file, source }) =>
    proseFindings(file, source).map((finding) => describe(file, finding)),
  );
  if (findings.length === 0) return { passed: 1, failed: 0, output: '' };
  const total = `${findings.length} findings. Rewrite each sentence: CONTRIBUTING.md, "Language", has the rules.`;
  return { passed: 0, failed: 1, output: [...findings, total].join('\n') };
}

/** Finds everything in one file that breaks the language rule. */
export function proseFindings(file: string, source: string): Finding[] {
  const words = passagesOf(file, source).flatMap(findingsIn);
  return file.endsWith('.md') ? words : [...words, ...wideComments(file, source)];
}

function describe(file: string, { line, rule, text }: Finding): string {
  const sentence = text.replace(/\s+/g, ' ');
  const excerpt = sentence.length > EXCERPT ? `${sentence.slice(0, EXCERPT)}…` : sentence;
  return `${file}:${line}  ${rule}\n    ${excerpt}`;
}
