import { suggestion } from '@fulfillment/shared';
import { z } from 'zod';
import { siteOf } from './definition-site.ts';
import { placeOfOption, placeOfText, type SourcePlace } from './source-place.ts';

/**
 * The problems of a configuration, each with its option, its handler, and its line.
 * @param given the default export of `file`.
 */
export function describeProblems(error: z.ZodError, schema: z.ZodType, given: unknown, file: string): string {
  return error.issues.map((issue) => describeIssue(issue, schema, given, file)).join('\n');
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, given: unknown, file: string): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const [option = issue.path.findLast((part) => typeof part === 'string')] = unknown;
  const known = keysAt(schema, issue.path);
  const message =
    unknown.length === 0
      ? issue.message
      : unknown.map((name) => `Unknown option "${name}". ${suggestion(name, known)}`).join(' ');
  const where = [
    z.core.toDotPath([...issue.path, ...unknown.slice(0, 1)]),
    ...whereIs(issue.path, option, given, file),
  ];
  return `✖ ${message}\n  → at ${where.filter((part) => part !== '').join(', ')}`;
}

function whereIs(
  path: readonly PropertyKey[],
  option: PropertyKey | undefined,
  given: unknown,
  file: string,
): string[] {
  const [list, index] = path;
  const handler =
    list === 'handlers' && typeof index === 'number' ? partOf(partOf(given, 'handlers'), index) : undefined;
  const name = partOf(handler, 'name');
  const isNamed = typeof name === 'string' && name !== '';
  const site = siteOf(handler) ?? (isNamed ? placeOfName(file, name) : undefined) ?? { file, line: 1 };
  const place = option === undefined ? site : placeOfOption(site, String(option));
  const isFound = place.line > 1 || siteOf(handler) !== undefined;
  return [...(isNamed ? [`handler "${name}"`] : []), ...(isFound ? [`${place.file}:${place.line}`] : [])];
}

/** Where a handler that is written as a plain object has its name. */
function placeOfName(file: string, name: string): SourcePlace | undefined {
  return placeOfText(file, `'${name}'`) ?? placeOfText(file, `"${name}"`) ?? undefined;
}

function partOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
}

/** The options that exist at a place of a schema. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const [next, ...rest] = path;
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path));
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) {
    return keysAt(schema.unwrap(), path);
  }
  if (!(schema instanceof z.ZodObject)) return [];
  return next === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[String(next)], rest);
}
