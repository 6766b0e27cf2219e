import { existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '@fulfillment/shared';
import type { z } from 'zod';

/**
 * Reads an app's settings. An empty variable counts as absent.
 * @throws ConfigurationError that names each wrong variable, its purpose, and the expected value.
 */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<S> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const purpose = schema.shape[name]?.meta()?.description ?? schema.shape[name]?.description ?? '';
    return `  ${name} ${expected(issue)}. ${purpose}.`;
  });
  throw new ConfigurationError(`Wrong settings in the environment or .env:\n${lines.join('\n')}`);
}

/** The required form of a setting, as the end of a sentence that begins with the setting's name. */
function expected(issue: z.core.$ZodIssue): string {
  if (/^(must|is) /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
    case 'too_small':
      return issue.origin === 'string'
        ? `must have at least ${issue.minimum} characters`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a whole URL, scheme included' : `is wrong: ${issue.message}`;
    default:
      return `is wrong: ${issue.message}`;
  }
}

/** The root folder of the workspace, which holds `.env`, the configuration file and `.data`. */
export function workspaceRoot(from: string = process.cwd()): string {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === path.dirname(folder)) return path.resolve(from);
  }
}

/**
 * Reads the workspace's `.env` into the environment, if the file exists. Variables that are already
 * set keep their values.
 */
export function loadDotEnv(root: string = workspaceRoot()): void {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
