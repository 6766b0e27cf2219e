import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fact, factsOf } from '@fulfillment/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OVERWRITTEN_AFTER_SECONDS } from './harness/policy.ts';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';

const PATIENCE_MS = 90_000;
/** The time after which the sandbox gives up an image. Five images take five times as long. */
const IMAGE_MS = 1500;

let system: System;
let hanging: Server;
beforeAll(async () => {
  hanging = createServer(() => undefined).listen(0, '127.0.0.1');
  system = await startSystem({
    // Our timeout is far shorter than the marketplace's work on a delivery.
    env: { MARKETPLACE_TIMEOUT_SECONDS: '1.5', DELIVER_EFFECT_SECONDS: '12', READS_AGREE_SECONDS: '1' },
  });
  await system.sandbox.put('/sandbox/behaviour', { fetches_images: true, image_timeout_ms: IMAGE_MS });
}, 60_000);
afterAll(async () => {
  await system?.close();
  hanging?.closeAllConnections();
  hanging?.close();
}, 60_000);

/** A generated output: images on a host that accepts connections and never answers. */
const hangingImages = (count: number): Fact => ({
  type: 'generated',
  round: '0',
  handler: 'one-file',
  draft: 0,
  review: false,
  products: Array.from({ length: count }, (_, index) => ({
    url: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/${index}.png`,
    mediaType: 'image' as const,
  })),
});

describe('against a marketplace as slow and unfair as the real one', () => {
  test(
    'five images on a hanging host, with an answer after our time-out, are one delivery',
    async () => {
      const trade = await place(system, {});
      await trade.operator(hangingImages(5));
      await trade.buyer('pay');
      await trade.status('delivered');
      expect(await trade.fact('delivered')).toMatchObject({ found: true });
      await trade.quiet();
      expect(await trade.effects('orders.deliver')).toHaveLength(1);
      expect((await trade.market()).deliverables).toHaveLength(5);
    },
    PATIENCE_MS,
  );

  test(
    'a delivery that the payment of an instant hire overwrote is repeated once, with the same URLs',
    async () => {
      await system.sandbox.put('/sandbox/behaviour', { x402_gap_ms: 4000 });
      const trade = await place(system, { kind: 'x402' });
      await trade.fact('delivered');
      await system.sandbox.put('/sandbox/behaviour', { x402_gap_ms: 0 });
      await trade.fact('delivery_overwritten');
      expect((await trade.market()).order.status).toBe('paid');
      const again = await trade.fact('redelivered');
      expect(again).toMatchObject({ round: '0', index: 0, found: false });
      expect((await trade.market()).order.status).toBe('delivered');
      const effects = await trade.effects('orders.deliver');
      expect(effects).toHaveLength(2);
      expect((effects[1]?.at ?? 0) - (effects[0]?.at ?? 0)).toBeGreaterThan(OVERWRITTEN_AFTER_SECONDS * 1000);
      expect(effects[1]?.body).toBe(effects[0]?.body);
      await trade.quiet();
      expect(factsOf((await trade.record()) ?? fail(), 'message_sent')).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  test(
    'a delivery that is denied for some seconds (403) succeeds later',
    async () => {
      const trade = await place(system, {});
      await system.sandbox.post('/sandbox/faults', {
        endpoint: 'orders.deliver',
        kind: 'status',
        status: 403,
        times: 2,
      });
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('delivered');
      expect(factsOf((await trade.record()) ?? fail(), 'failed')).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'an operator retries a failed payout, and the payout arrives',
    async () => {
      const trade = await place(system, {});
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.buyer('payout-fails', { fails: true });
      await trade.buyer('approve');
      const attention = await trade.attention(trade.ref.agentId, 'payout_failed');
      expect(attention.actions).toContain('retry_payout');
      await trade.operator({ type: 'payout_retry_asked', index: 0, by: 'operator' });
      expect(await trade.fact('payout_retry_answered')).toMatchObject({ index: 0, outcome: 'accepted' });
      // A person at the platform pays later.
      await trade.buyer('payout-fails', { fails: false });
      await trade.buyer('payout');
      await trade.fact('payout', ({ outcome }) => outcome === 'sent');
      await trade.quiet();
      expect(await system.store.index.list('attention', 0, 100)).toEqual([]);
    },
    PATIENCE_MS,
  );
});

function fail(): never {
  throw new Error('There is no record.');
}
