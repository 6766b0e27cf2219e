import { type CallExpression, type Program, type TemplateLiteral, Visitor } from 'oxc-parser';
import type { Passage } from './passage.ts';

const TEST_FILE = /\.test\.ts$|\/test-support\//;
/** A string with fewer words is a name or a key, not a sentence. */
const FEWEST_WORDS = 4;
/** Stands for a value in a template, and counts as one word. */
const VALUE = '`value`';
const TAGS_OF_BLOCKS =
  /<\/?(?:p|div|section|h\d|t[dhr]|thead|tbody|table|li|ul|ol|dt|dd|dl|form|button|label|summary|details|br|option|select|header|footer|main|nav|pre|title)\b[^>]*>/g;
const SPOKEN_ATTRIBUTES = /\b(?:aria-label|title|placeholder|alt)="([^"]*)"/g;
/** Headers, and statements of another language, are code. */
const CODE = /'(none|self)'|filename=|redis\.call|\blocal function\b|^pragma /;

/**
 * Extracts the strings that a person may read. The strings of a test file are input, so only its
 * titles count.
 */
export function textPassages(file: string, program: Program, lineOf: (offset: number) => number): Passage[] {
  const passages: Passage[] = [];
  const tagged = new Map<TemplateLiteral, string>();
  const keep = (texts: readonly string[], start: number) => {
    for (const text of texts) {
      const words = text.replaceAll(VALUE, ' ').trim().split(/\s+/);
      if (words.length < FEWEST_WORDS || CODE.test(text)) continue;
      passages.push({ kind: 'text', line: lineOf(start), text: text.trim() });
    }
  };
  const isTest = TEST_FILE.test(file);
  new Visitor({
    CallExpression(node) {
      const title = isTest ? titleOf(node) : null;
      if (title !== null) keep([title], node.start);
    },
    TaggedTemplateExpression({ tag, quasi }) {
      tagged.set(quasi, tag.type === 'Identifier' ? tag.name : '');
    },
    Literal(node) {
      if (!isTest && typeof node.value === 'string') keep(linesOf(node.value), node.start);
    },
    TemplateLiteral(node) {
      if (isTest) return;
      const text = node.quasis.map(({ value }) => value.cooked ?? '').join(VALUE);
      const tag = tagged.get(node);
      if (tag === undefined) keep(linesOf(text), node.start);
      if (tag === 'html') keep(htmlTexts(text), node.start);
    },
  }).visit(program);
  return passages;
}

/** Paragraphs, and the rows and columns of a help text, are passages of their own. */
function linesOf(text: string): string[] {
  return text.split(/\n\s*\n|\n(?= )|(?<=\S) {2,}(?=\S)/);
}

/** The texts of a page's blocks, and of the attributes that a screen reader reads. */
function htmlTexts(text: string): string[] {
  const spoken = [...text.matchAll(SPOKEN_ATTRIBUTES)].map(([, value = '']) => value);
  return [...text.split(TAGS_OF_BLOCKS).map((block) => block.replace(/<[^>]*>/g, '')), ...spoken];
}

/** The title of `test('title', …)`, `describe('title', …)` and `test.each(…)('title', …)`. */
function titleOf({ callee, arguments: [first] }: CallExpression): string | null {
  let name = callee;
  while (name.type === 'CallExpression') name = name.callee;
  while (name.type === 'MemberExpression') name = name.object;
  const isTestCall = name.type === 'Identifier' && /^(it|test|describe)$/.test(name.name);
  return isTestCall && first?.type === 'Literal' && typeof first.value === 'string' ? first.value : null;
}
