import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlertMessage } from '@fulfillment/handlers';
import { Webhook } from 'standardwebhooks';

/** A program that receives the alerts and the heartbeats of the apps. */
export interface AlertReceiver {
  url: string;
  secret: string;
  /** The verified messages, in the order of their arrival. */
  messages: readonly AlertMessage[];
  /** From now on, each message is answered with an error and not received, or is received again. */
  breakDown(isDown: boolean): void;
  close(): Promise<void>;
}

/**
 * Starts a receiver on loopback.
 * @param failsEach each such request is answered with an error, every other time after the message
 * was received. Left out: none is.
 */
export async function startAlertReceiver({
  failsEach = Number.POSITIVE_INFINITY,
}: {
  failsEach?: number;
} = {}): Promise<AlertReceiver> {
  const secret = `whsec_${Buffer.from('the secret of the alerts of a test').toString('base64')}`;
  const verifier = new Webhook(secret);
  const messages: AlertMessage[] = [];
  let requests = 0;
  let isBroken = false;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url === '/heartbeat') {
      response.writeHead(204).end();
      return;
    }
    if (isBroken) {
      response.writeHead(500).end();
      return;
    }
    requests += 1;
    const fails = requests % failsEach === 0;
    if (!fails || requests % (2 * failsEach) === 0)
      messages.push(verifier.verify(body, request.headers as Record<string, string>) as AlertMessage);
    response.writeHead(fails ? 503 : 204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    messages,
    breakDown(isDown) {
      isBroken = isDown;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
