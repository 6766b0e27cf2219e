import { keepSecret } from '@fulfillment/platform';
import { expect, test } from 'vitest';
import { externalLink, inline, textBlock } from './untrusted.ts';

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'no url',
  '//x',
])('a reference "%s" is text, not a link', (url) => {
  expect(externalLink(url).toString()).not.toContain('href');
});

test('a link out of the pages sends no referrer', () => {
  const link = externalLink('https://example.com/?a="b"&c').toString();
  expect(link).toContain('rel="noopener noreferrer nofollow"');
  expect(link).toContain('href="https://example.com/?a=&quot;b&quot;&amp;c"');
});

test('a long text is folded, but complete', () => {
  const text = `${'long '.repeat(20_000)}end`;
  const block = textBlock('brief', text).toString();
  expect(block).toContain('<details id="brief">');
  expect(block).toContain(text);
});

test('a key inside a text is not shown', () => {
  const leak = 'refused: Bearer atelier_0123456789abcdef, secret whsec_0123456789abcdef';
  expect(`${inline(leak)}${textBlock('x', leak)}`).not.toContain('0123456789');
  keepSecret('a key of "no" shape');
  const unshaped = 'refused: a key of "no" shape';
  expect(`${inline(unshaped)}${textBlock('x', unshaped)}`).not.toContain('shape');
});
