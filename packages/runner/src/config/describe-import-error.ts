import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { cutText, withoutSecrets } from '@fulfillment/shared';
import { handlerAt, placeOfError, placeOfImport, type SourcePlace } from './source-place.ts';

const LONGEST = 2000;

/**
 * Why a configuration file cannot be loaded, with the file, the line and the handler of the error.
 * This includes a syntax error in a file that the configuration imports.
 */
export function describeImportError(error: unknown, file: string): string {
  const reason = error instanceof Error ? reasonOf(error) : String(error);
  const text = cutText(withoutSecrets(reason), LONGEST);
  if (isMissing(error, file))
    return `${file} cannot be loaded (set FULFILLMENT_CONFIG to another file): ${text}`;
  const place = placeOf(error, file);
  if (place === null) return `${file} cannot be loaded: ${text}${hint(reason)}`;
  const handler = handlerAt(place);
  const where = `${place.file}:${place.line}${handler === null ? '' : `, handler "${handler}"`}`;
  return `${file} cannot be loaded: ${text}\n  → at ${where}${hint(reason)}`;
}

function reasonOf({ name, message }: Error): string {
  return name === 'Error' ? message : `${name}: ${message}`;
}

function placeOf(error: unknown, file: string): SourcePlace | null {
  return (
    placeOfError(error) ??
    placeOfMissing(error) ??
    (error instanceof SyntaxError ? placeOfSyntax(file) : null)
  );
}

/** Whether the configuration file itself is missing. */
function isMissing(error: unknown, file: string): boolean {
  const { message } = error instanceof Error ? error : new Error();
  return [file, pathToFileURL(file).href].some((name) => message.startsWith(`Cannot find module '${name}'`));
}

/** Where a missing module is imported. */
function placeOfMissing(error: unknown): SourcePlace | null {
  const [, wanted, importer] =
    /^Cannot find (?:package|module) '([^']+)' imported from (.+)$/.exec(
      error instanceof Error ? error.message : '',
    ) ?? [];
  if (wanted === undefined || importer === undefined) return null;
  // A file is named by its full path, while the import holds only the end of that path.
  return placeOfImport(importer, wanted) ?? placeOfImport(importer, wanted.split('/').at(-1) ?? wanted);
}

/** Node reports the place of a syntax error in JavaScript only on its command line. */
function placeOfSyntax(file: string): SourcePlace | null {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: 10_000 });
  const [, line] = /:(\d+)$/.exec(stderr.split('\n')[0] ?? '') ?? [];
  return line === undefined ? null : { file, line: Number(line) };
}

/** The root does not have a package yet that a copied example imports. */
function hint(reason: string): string {
  const missing = /^Cannot find package '((?:@[\w.-]+\/)?[\w.-]+)/.exec(reason)?.[1];
  return missing === undefined ? '' : `\nAdd it: pnpm add -w ${missing}`;
}
