/** A bare route for webhooks: the HMAC, one write, 202. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import { setting } from './environment.ts';

/**
 * Serves the route until the process ends.
 * @param take stores the event. The route answers once it resolves.
 */
export async function receiveWebhooks(
  take: (event: string, orderId: string) => Promise<unknown>,
): Promise<void> {
  const server = Fastify({ bodyLimit: 256 * 1024 });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.get('/readyz', async () => ({ status: 'ready' }));
  server.post('/webhooks/atelier', async (request, reply) => {
    const body = request.body as Buffer;
    if (!isSigned(body, String(request.headers['x-atelier-signature']))) return reply.code(401).send();
    const { event, order_id: orderId } = JSON.parse(body.toString());
    await take(event, orderId);
    return reply.code(202).send({ status: 'accepted' });
  });
  await server.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });
}

function isSigned(body: Buffer, signature: string): boolean {
  const [, at = '', given = ''] = /^t=(\d+),v1=(\w+)$/.exec(signature) ?? [];
  const expected = createHmac('sha256', setting('WEBHOOK_SECRET'))
    .update(`${at}.`)
    .update(body)
    .digest('hex');
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
