import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html } from './html.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '`', 'a', ' ', '/', '=') }),
);

function decode(markup: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`', amp: '&' };
  return markup.replace(/&([a-z0-9#]+);/g, (_all, name: string) => entities[name] ?? '?');
}

describe('html', () => {
  test('escapes every character that could end a tag or an attribute', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const inside = html`${text}`.toString();
        expect(inside).not.toMatch(/[<>"'`]/);
        expect(inside.replace(/&(lt|gt|quot|#39|#96|amp);/g, '')).not.toContain('&');
      }),
    );
  });

  test('shows the text unchanged', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decode(html`${text}`.toString())).toBe(text);
      }),
    );
  });

  test('escapes texts in nested lists and templates once', () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const once = texts.map((text) => `<li>${html`${text}`}</li>`).join('');
        expect(html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`.toString()).toBe(
          `<ul>${once}</ul>`,
        );
      }),
    );
  });

  test('omits undefined, false and null', () => {
    expect(html`<p>${null}${undefined}${false}${0}</p>`.toString()).toBe('<p>0</p>');
  });

  test('keeps backslashes and dollar signs of a text', () => {
    expect(html`<p>${'$& \\n $1'}</p>`.toString()).toBe('<p>$&amp; \\n $1</p>');
  });
});
