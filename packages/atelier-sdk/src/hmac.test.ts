import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacByNode, hmacByWebCrypto, hmacSha256 } from './hmac.ts';

it('an HMAC is the same by Node and by Web Crypto, whatever the key and the data are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), fc.uint8Array(), async (key, data) => {
      const expected = nodeCrypto.createHmac('sha256', key).update(data).digest('hex');
      expect(await hmacByWebCrypto(key, data)).toBe(expected);
      expect(await hmacByNode(nodeCrypto)(key, data)).toBe(expected);
      expect(await hmacSha256(key, data)).toBe(expected);
    }),
  );
});
