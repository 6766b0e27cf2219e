import { readFileSync } from 'node:fs';

/** The parts of the style sheet, in the order of the cascade. */
const PARTS = [
  'tokens',
  'base',
  'shell',
  'forms',
  'pieces',
  'conversation',
  'tables',
  'details',
  'narrow',
] as const;

/** Reads the style sheet of the design system. Pages load it as one file. */
export function readStyles(): string {
  return PARTS.map((name) => readFileSync(new URL(`./styles/${name}.css`, import.meta.url), 'utf8')).join(
    '\n',
  );
}
