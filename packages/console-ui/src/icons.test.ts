import { expect, test } from 'vitest';
import { iconSvg } from './icons.ts';

test('an icon is inline SVG in the colour of the text, and screen readers skip it', () => {
  const svg = iconSvg('search');
  expect(svg).toMatch(/^<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"/);
  expect(svg).toContain('currentColor');
});
