import path from 'node:path';
import { freePort } from '@fulfillment/devtools';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import type { Stage } from '../stage.ts';
import { PEERS } from './program.ts';

/**
 * Starts the bare pipeline on a stage. It makes the same calls to the marketplace and adds the same
 * jobs as the product, in as many processes. It contains nothing of the product.
 * @param work the calls and jobs of each order. The calls are the reads of the order before its
 * generation and before its delivery, and the reads of its thread before the message. The jobs are
 * those besides the webhook's, the generation, the delivery and the message.
 */
export async function startPipeline(
  stage: Stage,
  work: { before: number; after: number; threads: number; reconciles: number },
  works = true,
): Promise<{ url: string; secret: string }> {
  const receiverPort = await freePort();
  const url = `http://127.0.0.1:${receiverPort}`;
  const secret = await stage.sendWebhooksTo(`${url}/webhooks/atelier`);
  for (const name of works ? ['receive', 'generate', 'deliver'] : ['receive']) {
    const port = name === 'receive' ? receiverPort : await freePort();
    await stage.program(
      path.join(PEERS, 'bare', `${name}.ts`),
      {
        REDIS_URL: stage.redisUrl,
        MARKET_URL: stage.market.url,
        API_KEY: AGENTS[0].apiKey,
        WEBHOOK_SECRET: secret,
        FOLDER: 'bare-files',
        PORT: String(port),
        READS_BEFORE: String(work.before),
        READS_AFTER: String(work.after),
        READS_OF_THREAD: String(work.threads),
        RECONCILES: String(work.reconciles),
        ...(works ? { WORKS: '1' } : {}),
      },
      `http://127.0.0.1:${port}/readyz`,
    );
  }
  return { url, secret };
}

/** The queues of the bare pipeline. */
export const BARE_QUEUES = ['bare-orders', 'bare-generation', 'bare-delivery', 'bare-messages'];
