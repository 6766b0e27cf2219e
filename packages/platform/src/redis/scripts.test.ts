import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readScripts } from './scripts.ts';

const SOURCE = path.resolve(import.meta.dirname, '..');

const scripts = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.lua') && !name.includes('includes'),
);

test.each(scripts)('%s describes itself, then names its keys and arguments in order', (name) => {
  const text = readFileSync(path.join(SOURCE, name), 'utf8');
  const names = [...text.matchAll(/^local \w+ = .*?\b(KEYS|ARGV)\[(\d+)\]/gm)].map((found) => found[0]);
  const places = names.map((line) => line.replace(/^.*?\b(KEYS|ARGV)\[(\d+)\].*$/, '$1 $2'));
  const count = (list: string) => places.filter((place) => place.startsWith(list)).length;
  const inOrder = (list: string) => Array.from({ length: count(list) }, (_, i) => `${list} ${i + 1}`);
  expect(text).toMatch(/^-- [A-Z]/);
  expect(places).toEqual([...inOrder('KEYS'), ...inOrder('ARGV')]);
  const uses = text.split('\n').filter((line) => /\b(KEYS|ARGV)\[/.test(line));
  expect(uses.map((line) => names.some((named) => line.startsWith(named)))).not.toContain(false);
});

test('a script includes other files, and one that includes a missing file is not read', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lua-'));
  const url = pathToFileURL(`${folder}/`);
  writeFileSync(
    path.join(folder, 'add-one.lua'),
    'local number = ARGV[1]\n-- include more.lua\nreturn sum\n',
  );
  expect(() => readScripts(url)).toThrow('more.lua');
  writeFileSync(path.join(folder, 'more.lua'), 'local sum = number + redis.call("GET", KEYS[1])');
  expect(readScripts(url)).toContainEqual({
    command: 'addOne',
    lua: 'local number = ARGV[1]\nlocal sum = number + redis.call("GET", KEYS[1])\nreturn sum\n',
    numberOfKeys: 1,
  });
});
