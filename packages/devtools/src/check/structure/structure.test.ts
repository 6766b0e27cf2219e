import { expect, test } from 'vitest';
import { crowdedFolders } from './crowded-folders.ts';
import { findingsIn } from './source-findings.ts';

test.each([
  ['function f(a: 1, b: 1, c: 1, d: 1) {}', 'takes 4 positional parameters, more than 3'],
  ['const f = (a: 1, b: 1, c: 1, ...d: 1[]) => {};', 'takes 4 positional parameters, more than 3'],
  ['class C { constructor(a: 1, b: 1, c: 1, d: 1) {} }', 'takes 4 positional parameters, more than 3'],
  ['class C { m(a: 1, b: 1, c: 1, d = 1) {} }', 'takes 4 positional parameters, more than 3'],
  ['interface I { m(a: 1, b: 1, c: 1, d: 1): void }', 'takes 4 positional parameters, more than 3'],
  ['type F = (a: 1, b: 1, c: 1, d?: 1) => void;', 'takes 4 positional parameters, more than 3'],
  ['const x: any = 1;', 'uses the type any'],
  ['const x = y as unknown as string;', 'casts through unknown'],
  ['let count = 0;', 'holds mutable state in the module'],
  ['export let count = 0;', 'holds mutable state in the module'],
  ['const seen = new Set<string>();', 'holds mutable state in the module'],
  ['export const found: string[] = [];', 'holds mutable state in the module'],
  [`${'\n'.repeat(250)}export {};`, 'has 251 lines, more than 250'],
  ['const = 1', 'cannot be parsed'],
])('%j breaks a rule', (source, rule) => {
  expect(findingsIn('file.ts', source).map((finding) => finding.rule)).toEqual([rule]);
});

test.each([
  'function f(this: Window, a: 1, b: 1, c: 1) {}',
  'function f({ a, b, c, d }: O) {}',
  'list.reduce((sum, one, index, all) => sum, 0);',
  'declare module "ioredis" { interface R { m(a: 1, b: 1, c: 1, d: 1): void } }',
  'const x = y as unknown;',
  'const KNOWN: ReadonlySet<string> = new Set(["a"]);',
  'const NONE: readonly string[] = [];',
  'function f() { let count = 0; const all = []; }',
  `${'\n'.repeat(249)}export {};`,
])('%j breaks no rule', (source) => {
  expect(findingsIn('file.ts', source)).toEqual([]);
});

test('a finding names its line', () => {
  expect(findingsIn('file.ts', 'const a = 1;\n\nlet b = 2;')).toEqual([
    { line: 3, rule: 'holds mutable state in the module' },
  ]);
});

test('a test file may be long, and may have variables that its hooks fill', () => {
  expect(findingsIn('file.test.ts', `let redis: Redis;${'\n'.repeat(300)}export {};`)).toEqual([]);
});

test('a folder holds at most 15 source files at one level, without tests, documents and folders', () => {
  const files = Array.from({ length: 15 }, (_, index) => `src/a/file-${index}.ts`);
  const others = ['src/a/file.test.ts', 'src/a/README.md', 'src/a/b/file.ts', 'src/file.ts'];
  expect(crowdedFolders([...files, ...others])).toEqual([]);
  expect(crowdedFolders([...files, 'src/a/script.lua'])).toEqual([{ folder: 'src/a', count: 16 }]);
});
