import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('a line has its cells between commas, with quotation marks around special characters', () => {
  expect(csvLine(['a', 1.5, null, { amount: '-0.10' }, 'say "hi", then go', 'a;b'])).toBe(
    'a,1.5,,-0.10,"say ""hi"", then go","a;b"\r\n',
  );
});

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['nice;=cmd()', '"nice;\'=cmd()"'],
  ['two\n+lines', '"two\n\'+lines"'],
  ['a - b = c', 'a - b = c'],
])('the text %j is written as %j', (text, cell) => {
  expect(csvLine([text])).toBe(`${cell}\r\n`);
});

test('no part of any text begins like a formula, wherever a spreadsheet may begin a cell', () => {
  const texts = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', ';', '\t', '\r', '\n', ',', '"', "'", 'a'),
  });
  fc.assert(
    fc.property(texts, (text) => {
      const cell = csvLine([text]).slice(0, -2);
      const content = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
      for (const part of content.split(/[;\t\r\n]/)) expect(part).not.toMatch(/^[=+\-@]/);
      expect(content).not.toMatch(/^[\t\r]/);
    }),
  );
});
