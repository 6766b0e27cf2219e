import { definitionOf } from '@fulfillment/handlers/internal';
import { suggestion } from '@fulfillment/shared';
import { z } from 'zod';
import { placeInExport, placeOfError, placeOfOption } from './source-place.ts';

/**
 * The problems of a configuration, each with its option, its handler, and its line.
 * @param source.given the default export of `file`.
 */
export function describeProblems(
  error: z.ZodError,
  schema: z.ZodType,
  { given, file }: { given: unknown; file: string },
): string {
  return error.issues
    .flatMap((issue) => problemsOf(issue, schema))
    .map(({ message, path }) => {
      const where = [z.core.toDotPath([...path]), ...whereIs(path, given, file)];
      return `✖ ${message}\n  → at ${where.filter((part) => part !== '').join(', ')}`;
    })
    .join('\n');
}

interface Problem {
  message: string;
  path: readonly PropertyKey[];
}

/** An issue about unknown options gives one problem for each option. */
function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => ({
    message: `Unknown option "${key}". ${suggestion(key, known)}`,
    path: [...issue.path, key],
  }));
}

/** The handler and the line of a part of the configuration, as far as both are known. */
function whereIs(path: readonly PropertyKey[], given: unknown, file: string): string[] {
  const [list, index, ...option] = path;
  const handler =
    list === 'handlers' && typeof index === 'number' ? partOf(partOf(given, 'handlers'), index) : undefined;
  const name = partOf(handler, 'name');
  const site = placeOfError(definitionOf(handler));
  const place = site === null ? placeInExport(file, path) : placeOfOption(site, option);
  return [
    ...(typeof name === 'string' && name !== '' ? [`handler "${name}"`] : []),
    ...(place === null ? [] : [`${place.file}:${place.line}`]),
  ];
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
