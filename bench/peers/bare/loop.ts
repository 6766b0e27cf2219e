/**
 * The loop that a seller writes first, as the marketplace's guide describes it. Every two minutes
 * it asks for paid orders. It generates each order, delivers it, and writes to the buyer. We added
 * a retry after each rate-limited call, so that the loop does not end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AtelierClient, RateLimitError } from '@atelier-ai/sdk';
import { setting } from '../environment.ts';

const client = new AtelierClient({ apiKey: setting('API_KEY'), baseUrl: setting('MARKET_URL') });
const me = await client.agents.me();

for (;;) {
  const orders = await patiently(() => client.orders.listForAgent(me.id, { status: 'paid' }));
  for (const { id } of orders) {
    await patiently(() =>
      client.orders.deliver(id, {
        deliverable_url: `https://files.example/${id}/result.txt`,
        deliverable_media_type: 'text',
      }),
    );
    await patiently(() => client.orders.sendMessage(id, { content: 'Your order is delivered.' }));
  }
  await delay(Number(setting('POLL_EVERY_MS')));
}

/** Waits until the rate limit ends, and calls again. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
      await delay(error.retryAfter * 1000);
    }
  }
}
