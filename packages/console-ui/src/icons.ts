import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The icons that pages use, by their names in the Lucide set. */
const NAMES = [
  'alert-triangle',
  'arrow-down',
  'arrow-up',
  'bell',
  'bot',
  'chart-column',
  'check',
  'chevron-left',
  'chevron-right',
  'circle-check',
  'clock',
  'cpu',
  'download',
  'inbox',
  'key-round',
  'layers',
  'list',
  'log-out',
  'mail',
  'message-square',
  'package',
  'pause',
  'play',
  'refresh-cw',
  'scale',
  'search',
  'store',
  'wallet',
  'x',
] as const;
export type IconName = (typeof NAMES)[number];

interface IconSet {
  icons: Record<string, { body: string }>;
  aliases?: Record<string, { parent: string }>;
}

const MARKUP = readMarkup();

/** An icon as inline SVG in the colour of the text. It is decorative: a label is beside it. */
export function iconSvg(name: IconName): string {
  return MARKUP.get(name) ?? '';
}

/**
 * Reads the used icons once, at start. The set has 1,700 icons, and a page needs a dozen.
 * @throws Error for a name that the set lacks.
 */
function readMarkup(): ReadonlyMap<string, string> {
  const file = fileURLToPath(import.meta.resolve('@iconify-json/lucide/icons.json'));
  const { icons, aliases = {} } = JSON.parse(readFileSync(file, 'utf8')) as IconSet;
  return new Map(
    NAMES.map((name) => {
      const icon = icons[name] ?? icons[aliases[name]?.parent ?? ''];
      if (icon === undefined) throw new Error(`The icon set has no icon "${name}".`);
      return [
        name,
        `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${icon.body}</svg>`,
      ];
    }),
  );
}
