import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signWebhook, verifyWebhook, WebhookVerificationError } from '../index.ts';

const SECRET = 'whsec_dGVzdA==';
const TIME = 1_795_000_000;
const NOW = TIME * 1000;
const BODY = JSON.stringify({ event: 'order.paid', order_id: 'ord_1', data: { status: 'paid' } });

/** The reason why verification rejects a webhook, or null if it accepts. */
function reason(
  body: string | Uint8Array,
  signature: string | null | undefined,
  options: Parameters<typeof verifyWebhook>[2] = { now: NOW },
): string | null {
  try {
    verifyWebhook(SECRET, { body, signature }, options);
    return null;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.reason;
    throw error;
  }
}

describe('a signature', () => {
  it("is the HMAC-SHA256 of time and raw body, with the secret's text as the key", () => {
    const hex = createHmac('sha256', SECRET).update(`${TIME}.${BODY}`).digest('hex');
    expect(signWebhook(SECRET, BODY, TIME)).toBe(`t=${TIME},v1=${hex}`);
  });

  it('may have spaces, several values and entries of future versions', () => {
    const header = signWebhook(SECRET, BODY, TIME);
    const other = signWebhook('whsec_old', BODY, TIME);
    const mixed = `${other}, v2=zz ,${header.split(',')[1]}`;
    expect(verifyWebhook(SECRET, { body: BODY, signature: mixed }, { now: NOW })).toMatchObject({
      event: { order_id: 'ord_1' },
      signedAt: NOW,
    });
  });

  it.each([
    [null, 'missing_header'],
    [undefined, 'missing_header'],
    [' ', 'missing_header'],
    ['v1=00', 'malformed_header'],
    [`t=${TIME}`, 'malformed_header'],
    [`t=1e9,v1=00`, 'malformed_header'],
    [`t=${TIME},t=${TIME},v1=00`, 'malformed_header'],
    [`t=${TIME}${',v1=00'.repeat(1_000)}`, 'malformed_header'],
    [`t=${TIME},v1=00`, 'no_matching_signature'],
    [`t=${TIME},v1=`, 'no_matching_signature'],
  ])('%j is rejected: %s', (header, expected) => {
    expect(reason(BODY, header)).toBe(expected);
  });

  it('may be 300 seconds old or early, but not more', () => {
    const webhook = { body: BODY, signature: signWebhook(SECRET, BODY, TIME) };
    for (const seconds of [-300, 300]) {
      verifyWebhook(SECRET, webhook, { now: NOW + seconds * 1000 });
    }
    for (const seconds of [-301, 301, Number.NaN]) {
      const now = NOW + seconds * 1000;
      expect(reason(BODY, webhook.signature, { now })).toBe('timestamp_out_of_tolerance');
    }
    expect(reason(BODY, webhook.signature, { now: NOW + 6_000, toleranceSeconds: 5 })).toBe(
      'timestamp_out_of_tolerance',
    );
  });

  it('needs a secret', () => {
    const header = signWebhook(SECRET, BODY, TIME);
    expect(() => verifyWebhook('', { body: BODY, signature: header }, { now: NOW })).toThrow(TypeError);
  });
});

describe('any signed body', () => {
  const secrets = fc.string({ minLength: 1 });
  const times = fc.integer({ min: 0, max: 4_000_000_000 });
  const bodies = fc
    .record({ event: fc.string({ minLength: 1 }), order_id: fc.string(), data: fc.jsonValue() })
    .filter(({ event }) => !/^(order|bounty)\./.test(event))
    .map((event) => new TextEncoder().encode(JSON.stringify(event)));

  it('verifies as the same event', () => {
    fc.assert(
      fc.property(secrets, times, bodies, (secret, time, body) => {
        const signature = signWebhook(secret, body, time);
        const { event, signedAt } = verifyWebhook(secret, { body, signature }, { now: time * 1000 });
        expect(signedAt).toBe(time * 1000);
        expect(event).toEqual(JSON.parse(new TextDecoder().decode(body)));
      }),
    );
  });

  it('does not verify with any byte of the body changed', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.integer({ min: 1, max: 255 }), (body, place, change) => {
        const header = signWebhook(SECRET, body, TIME);
        const changed = body.map((byte, index) => (index === place % body.length ? byte ^ change : byte));
        expect(reason(changed, header)).toBe('no_matching_signature');
      }),
    );
  });

  it('does not verify with any character of the header changed', () => {
    const header = signWebhook(SECRET, BODY, TIME);
    const places = fc.nat({ max: header.length - 1 });
    fc.assert(
      fc.property(places, fc.integer({ min: 33, max: 126 }), (place, code) => {
        const character = String.fromCharCode(code);
        fc.pre(character !== header[place]);
        reason(BODY, header.slice(0, place) + character + header.slice(place + 1), {
          now: NOW,
          toleranceSeconds: Infinity,
        });
      }),
    );
  });

  it('does not verify with another secret', () => {
    fc.assert(
      fc.property(secrets, bodies, (secret, body) => {
        fc.pre(secret !== SECRET);
        expect(reason(body, signWebhook(secret, body, TIME))).toBe('no_matching_signature');
      }),
    );
  });
});
