const FORMATS = [
  { at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { at: 0, bytes: [0xff, 0xd8, 0xff] },
  { at: 0, bytes: [...Buffer.from('GIF8')] },
  { at: 8, bytes: [...Buffer.from('WEBP')] },
  { at: 4, bytes: [...Buffer.from('ftypavif')] },
];

/** Whether a file begins like a PNG, JPEG, GIF, WebP or AVIF, or like an SVG. */
export function isImage(head: Uint8Array): boolean {
  if (/^\s*<(\?xml|svg)/.test(Buffer.from(head).toString('utf8'))) return true;
  return FORMATS.some(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte));
}
