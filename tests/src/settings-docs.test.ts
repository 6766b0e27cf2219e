import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  adminSettings,
  baseSettings,
  deliverySettings,
  generationSettings,
  ingestorSettings,
  readSettings,
} from '@fulfillment/platform';
import { DEFAULT_POLICY, policySchema } from '@fulfillment/shared';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

const APPS = { ingestorSettings, generationSettings, deliverySettings, adminSettings };
const ALL = [...new Set(Object.values(APPS).flatMap((schema) => Object.keys(schema.shape)))].toSorted();

/** Settings whose default appears in the environment's example as text. */
function defaults(): Map<string, string> {
  const given = Object.values(APPS).map((schema) => readSettings(schema, {}) as Record<string, unknown>);
  const all: Record<string, unknown> = Object.assign({}, ...given);
  return new Map(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** Reads `NAME=value` and `# NAME=value`. */
function exampleSettings(text: string): Map<string, string> {
  const lines = [...text.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name, value]));
}

describe('.env.example', () => {
  test('names every setting of every app, and no other', async () => {
    const named = [...exampleSettings(await read('.env.example')).keys()].toSorted();
    expect(named).toEqual(ALL);
  });

  test('shows the defaults as they are', async () => {
    const shown = exampleSettings(await read('.env.example'));
    for (const [name, value] of defaults()) expect(`${name}=${shown.get(name)}`).toBe(`${name}=${value}`);
  });

  test('is a valid environment, also with every line uncommented', async () => {
    const uncommented = Object.fromEntries(exampleSettings(await read('.env.example')));
    for (const schema of Object.values(APPS)) {
      expect(() => readSettings(schema, uncommented)).not.toThrow();
    }
  });
});

describe('docs/operator/settings.md', () => {
  test('has a row for every setting, with its default', async () => {
    const rows = new Map(
      [...(await read('docs/operator/settings.md')).matchAll(/^\| `([A-Z][A-Z0-9_]*)` +\| (.*?) +\|/gm)].map(
        ([, name = '', value = '']) => [name, value.replaceAll('`', '')],
      ),
    );
    expect([...rows.keys()].toSorted()).toEqual(ALL);
    for (const [name, value] of defaults()) expect(`${name} ${rows.get(name)}`).toBe(`${name} ${value}`);
  });
});

describe('docs/handlers/configuration.md', () => {
  test('has a row for every field of the policy', async () => {
    const text = await read('docs/handlers/configuration.md');
    for (const field of Object.keys(policySchema.shape))
      expect(text).toMatch(new RegExp(`^\\| \`${field}\` +\\|`, 'm'));
  });

  test('shows the text of every message to the buyer', async () => {
    const text = await read('docs/handlers/configuration.md');
    for (const [kind, message] of Object.entries(DEFAULT_POLICY.messages)) {
      expect(text).toMatch(new RegExp(`^\\| \`${kind}\` +\\|`, 'm'));
      expect(text).toContain(`'${message?.replaceAll('\n', '\\n')}'`);
    }
  });
});

test('every app has the settings of all apps', () => {
  for (const schema of Object.values(APPS)) {
    expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(Object.keys(baseSettings.shape)));
  }
});
