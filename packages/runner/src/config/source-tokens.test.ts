import { describe, expect, test } from 'vitest';
import { tokensOf } from './source-tokens.ts';

const contents = (source: string) => tokensOf(source).map(({ content }) => content);

describe('the tokens of a source file', () => {
  test.each<[string, string, string[]]>([
    ['comments', 'a // {\n/* [\n*/ b', ['a', 'b']],
    ['brackets in strings', `f('{', "it's (", 'a\\'[')`, ['f', '(', '{', ',', "it's (", ',', "a\\'[", ')']],
    ['a string without its end', `a = 'b\nc`, ['a', '=', 'b', 'c']],
    [
      'nested templates',
      `\`{\${f(\`(\${a}\`)}[\`; b`,
      ['{', '{', 'f', '(', '(', '{', 'a', '}', '', ')', '}', '[', ';', 'b'],
    ],
    ['regular expressions', 'm = /[/{](\\/)/u; b', ['m', '=', '', ';', 'b']],
    ['a regular expression after a keyword', 'return /[(]/;', ['return', '', ';']],
    ['divisions', '(a) / b / [c]', ['(', 'a', ')', '/', 'b', '/', '[', 'c', ']']],
  ])('are right with %s', (_, source, expected) => {
    expect(contents(source)).toEqual(expected);
  });

  test('have their line and column', () => {
    expect(tokensOf(`a\n  \`x\n\${b}\``).map(({ content, line, column }) => [content, line, column])).toEqual(
      [
        ['a', 1, 1],
        ['x\n', 2, 3],
        ['{', 3, 2],
        ['b', 3, 3],
        ['}', 3, 4],
        ['', 3, 5],
      ],
    );
  });
});
