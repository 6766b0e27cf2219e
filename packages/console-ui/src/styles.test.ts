import { expect, test } from 'vitest';
import { readStyles } from './styles.ts';

test('every colour is a token, so that light and dark stay complete', () => {
  const [, ...rest] = readStyles().split('/* End of tokens */');
  expect(rest.join('')).not.toMatch(/#[0-9a-f]{3,8}\b|rgb\(/i);
});

test('the style sheet loads nothing else', () => {
  expect(readStyles()).not.toMatch(/@import|url\(/);
});
