import { atelier, localDisk } from '@fulfillment/artifacts';
import { s3 } from '@fulfillment/artifacts/s3';
import { expect, test } from 'vitest';
import { command } from './generators/command.ts';
import { perUnitQuote, withinPrices } from './quoting.ts';

test.each([
  ['command', () => command({ run: ['true'], graceSecond: 1 } as never), 'graceSeconds'],
  ['localDisk', () => localDisk({ folder: '/tmp', maxByte: 1 } as never), 'maxBytes'],
  ['atelier', () => atelier({ foldr: '/tmp' } as never), 'folder'],
  [
    's3',
    () => s3({ bucket: 'b', access: { publicUrl: 'https://x.example' }, regoin: 'eu' } as never),
    'region',
  ],
  [
    'perUnitQuote',
    () => perUnitQuote({ units: 'words', unitPriceUsd: '1', minimunUsd: '5' } as never),
    'minimumUsd',
  ],
  ['withinPrices', () => withinPrices(() => '5', { maximum: '5' } as never), 'maximumUsd'],
])('%s rejects an unknown option, and names the nearest one', (what, make, meant) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(new RegExp(`^${what} has no option ".*"\\. Did you mean "${meant}"\\?$`));
});
