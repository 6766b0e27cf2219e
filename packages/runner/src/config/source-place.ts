import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SourceObjects } from './source-objects.ts';

/** A place in a file that an operator wrote. */
export interface SourcePlace {
  file: string;
  /** From 1. */
  line: number;
  /** From 1. Absent when only the line is known. */
  column?: number;
}

/** The packages that a configuration calls. Their errors are the fault of the caller. */
const OWN_FOLDERS = ['runner', 'handlers', 'artifacts', 'shared'].map((name) =>
  path.resolve(import.meta.dirname, '../../..', name),
);
const LOCATION = /^((?:file:\/\/)?\/.+?):(\d+)(?::(\d+))?$/;

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
  const [, location, number, column] = LOCATION.exec(inner) ?? [];
  if (location === undefined || number === undefined) return null;
  const file = location.startsWith('file://') ? fileURLToPath(location.split('?')[0] ?? '') : location;
  return { file, line: Number(number), ...(column === undefined ? {} : { column: Number(column) }) };
}

function isOperators(file: string): boolean {
  return !file.includes('/node_modules/') && !isOwn(file);
}

function isOwn(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder + path.sep)) && !/\.test\.ts$/.test(file);
}

/**
 * The name of the handler that is defined around a place. Null when the place is outside every
 * handler, or when the file does not spell the name out.
 */
export function handlerAt(place: SourcePlace): string | null {
  const source = new SourceObjects(textOf(place.file));
  const handler = source.tokens.findLastIndex((_, index) => isHandlerAround(source, index, place));
  if (handler < 0) return null;
  const name = source.follow(handler, ['name']);
  return name.isWhole ? source.textAt(name.value) : null;
}

/** Whether a token begins a call of defineHandler that a place lies within. */
function isHandlerAround(source: SourceObjects, index: number, place: SourcePlace): boolean {
  const begin = source.tokens[index];
  if (begin === undefined || !source.isWord(index, 'defineHandler') || !source.isSign(index + 1, '('))
    return false;
  const end = source.tokens[source.endOf(index + 1)];
  return !isBefore(place, begin) && (end === undefined || !isBefore(end, place));
}

/** Whether a place comes before another. Two places on one line need their columns for that. */
function isBefore(one: Omit<SourcePlace, 'file'>, other: Omit<SourcePlace, 'file'>): boolean {
  if (one.line !== other.line) return one.line < other.line;
  return one.column !== undefined && other.column !== undefined && one.column < other.column;
}

/**
 * Where an option of a handler is written. The option is a path of keys and indexes. When the
 * handler does not spell the whole path out, its last known part counts.
 * @param site where the handler is defined.
 */
export function placeOfOption(site: SourcePlace, option: readonly PropertyKey[]): SourcePlace {
  const source = new SourceObjects(textOf(site.file));
  const call = source.tokens.findIndex((token, index) => source.isSign(index, '(') && !isBefore(token, site));
  if (call < 0) return site;
  const { at } = source.follow(call + 1, option);
  const line = source.tokens[at]?.line;
  return at === call + 1 || line === undefined ? site : { file: site.file, line };
}

/**
 * Where a part of the default export is written, like `placeOfOption`. Null when the file does not
 * spell its default export out.
 */
export function placeInExport(file: string, part: readonly PropertyKey[]): SourcePlace | null {
  const source = new SourceObjects(textOf(file));
  const start = source.defaultExport();
  const line = start === null ? undefined : source.tokens[source.follow(start, part).at]?.line;
  return line === undefined ? null : { file, line };
}

/** Where a file imports a module whose name holds a text, or null when no import does. */
export function placeOfImport(file: string, text: string): SourcePlace | null {
  const source = new SourceObjects(textOf(file));
  const at = source.tokens.findIndex(
    ({ kind, content }, index) => kind === 'text' && content.includes(text) && isImported(source, index),
  );
  const line = source.tokens[at]?.line;
  return line === undefined ? null : { file, line };
}

/** Whether a string follows `import`, `import(` or `from`. */
function isImported(source: SourceObjects, index: number): boolean {
  const before = source.isSign(index - 1, '(') ? index - 2 : index - 1;
  return source.isWord(before, 'import') || source.isWord(before, 'from');
}

/** A file that is missing or cannot be read counts as empty. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
