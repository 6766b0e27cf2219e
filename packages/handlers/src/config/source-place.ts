import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in a file that an operator wrote. */
export interface SourcePlace {
  file: string;
  /** From 1. */
  line: number;
}

/** Files of this package. Their errors are the fault of the caller. */
const OWN_FOLDER = path.join(import.meta.dirname, '..');
const LOCATION = /^((?:file:\/\/)?\/.+?):(\d+)(?::\d+)?$/;
/** A handler in a file has its name within this many lines. */
const LONGEST_HANDLER = 200;

/**
 * Where in an operator's files an error came from, or null when no line of its stack shows that.
 */
export function placeOfError(error: unknown): SourcePlace | null {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return null;
  for (const line of error.stack.split('\n')) {
    // A syntax error begins with its place, while other errors have frames.
    const isFrame = /^\s+at /.test(line);
    if (!isFrame && !/^(file:\/\/)?\/.*:\d+$/.test(line)) continue;
    const place = placeIn(line);
    if (place !== null && isOperators(place.file)) return place;
  }
  return null;
}

function placeIn(line: string): SourcePlace | null {
  const inner = /\(([^()]+)\)$/.exec(line)?.[1] ?? line.replace(/^\s+at (async )?/, '');
  const [, location, number] = LOCATION.exec(inner) ?? [];
  if (location === undefined || number === undefined) return null;
  const file = location.startsWith('file://') ? fileURLToPath(location.split('?')[0] ?? '') : location;
  return { file, line: Number(number) };
}

function isOperators(file: string): boolean {
  return !file.includes('/node_modules/') && !isOwn(file);
}

function isOwn(file: string): boolean {
  return file.startsWith(OWN_FOLDER + path.sep) && !/\.test\.ts$/.test(file);
}

/**
 * The name of the handler that is defined around a place, if the text of its file shows the name.
 */
export function handlerAt({ file, line }: SourcePlace): string | null {
  const before = linesOf(file).slice(0, line);
  const start = before.findLastIndex((text) => text.includes('defineHandler('));
  if (start < 0) return null;
  const body = linesOf(file)
    .slice(start, Math.max(line, start + LONGEST_HANDLER))
    .join('\n');
  const end = body.indexOf('defineHandler(', 'defineHandler('.length + body.indexOf('defineHandler('));
  return /\bname:\s*(['"`])(.*?)\1/.exec(end < 0 ? body : body.slice(0, end))?.[2] ?? null;
}

/**
 * The first line at or after a place, within its handler, that holds the option. Otherwise the
 * place itself.
 */
export function placeOfOption(place: SourcePlace, option: string): SourcePlace {
  const lines = linesOf(place.file);
  const written = new RegExp(`(^|[\\s{,'"])${option.replace(/[^\w$]/g, '\\$&')}['"]?\\s*[:(,}]`);
  for (let index = place.line - 1; index < Math.min(lines.length, place.line + LONGEST_HANDLER); index += 1) {
    const text = lines[index] ?? '';
    if (index > place.line - 1 && text.includes('defineHandler(')) break;
    if (written.test(text)) return { file: place.file, line: index + 1 };
  }
  return place;
}

/** The first line of a file that holds a text, or null when no line does. */
export function placeOfText(file: string, text: string): SourcePlace | null {
  const index = linesOf(file).findIndex((line) => line.includes(text));
  return index < 0 ? null : { file, line: index + 1 };
}

/** A file that is missing or cannot be read counts as empty. */
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
