import { expect, test } from 'vitest';
import { proseFindings } from './prose-check.ts';

const BAD = 'A store that is down has nothing made anew.';
const lines = (file: string, source: string) => [
  ...new Set(proseFindings(file, source).map(({ line }) => line)),
];

test.each([
  ['a paragraph', `# Title\n\n${BAD}\n`, 3],
  ['a list item', `- Fine.\n- ${BAD}\n`, 2],
  ['a table cell', `| what |\n| --- |\n| ${BAD} |\n`, 3],
])('reads %s of a document', (_what, source, line) => {
  expect(lines('guide/page.md', source)).toEqual([line]);
});

test.each([
  ['a block comment', `/**\n * ${BAD}\n */\n`, 2],
  ['a line comment', `const a = 1;\n// ${BAD}\n`, 2],
  ['a text', `log.info(\n  '${BAD}');\n`, 2],
  ['a template with a value in it', `throw new Error(\`\${name} is none of the names\`);\n`, 1],
  ['a page', 'html`<p>Fine.</p>\n<p>A store <b>is none</b> of these.</p>`;\n', 1],
  ['an attribute that is read out', 'html`<a aria-label="it is none of these">x</a>`;\n', 1],
])('reads %s of the code', (_what, source, line) => {
  expect(lines('src/app.ts', source)).toEqual([line]);
});

test.each([
  ['a Lua script', 'scripts/load.lua', `local a = 1\n-- ${BAD}\n`],
  ['a settings example', '.env.example', `PORT=1\n# ${BAD}\n`],
  ['a container file', 'docker-compose.yml', `services:\n  # ${BAD}\n`],
])('reads the comments of %s', (_what, file, source) => {
  expect(lines(file, source)).toEqual([2]);
});

test('reads the titles of tests, and no other string of a test', () => {
  const source = `test('the file is made anew', () => {\n  say('${BAD}');\n});\ntest.each([])('the %s is made anew', run);\n`;
  expect(lines('src/app.test.ts', source)).toEqual([1, 4]);
});

test.each([
  ['a code block', 'page.md', `\`\`\`\n${BAD}\n\`\`\`\n`],
  ['a code span', 'page.md', `Call \`${BAD}\`.\n`],
  ['a security policy', 'app.ts', `const CSP = "default-src 'none'; script-src 'self'; img-src http:";\n`],
  ['a query', 'app.ts', 'sql`select made; from told; where anew is none`;\n'],
  ['a short name', 'app.ts', `const name = 'made anew';\n`],
])('ignores %s', (_what, file, source) => {
  expect(lines(file, source)).toEqual([]);
});

test('rejects a comment beyond column 100, and accepts a long address', () => {
  const words = `// ${'word '.repeat(18)}`;
  expect(lines('app.ts', `${words.padEnd(101, 'd')}\n`)).toEqual([1]);
  expect(lines('app.ts', `${words.padEnd(100, 'd')}\n`)).toEqual([]);
  expect(lines('app.ts', `// https://example.com/${'long/'.repeat(20)}\n`)).toEqual([]);
});
