import path from 'node:path';
import { freePort } from '@fulfillment/devtools';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import type { Stage } from '../stage.ts';

/**
 * Starts the bare pipeline on a stage: the same calls to the marketplace and the same jobs as the product's, in as many
 * processes, with nothing of the product.
 */
export async function startPipeline(
  stage: Stage,
  reads: { before: number; after: number },
  works = true,
): Promise<{ url: string; secret: string }> {
  const receiverPort = await freePort();
  const url = `http://127.0.0.1:${receiverPort}`;
  const secret = await stage.sendWebhooksTo(`${url}/webhooks/atelier`);
  for (const name of works ? ['receive', 'generate', 'deliver'] : ['receive']) {
    const port = name === 'receive' ? receiverPort : await freePort();
    await stage.program(
      path.join(import.meta.dirname, `${name}.ts`),
      {
        REDIS_URL: stage.redisUrl,
        MARKET_URL: stage.market.url,
        API_KEY: AGENTS[0].apiKey,
        WEBHOOK_SECRET: secret,
        FOLDER: 'bare-files',
        PORT: String(port),
        READS_BEFORE: String(reads.before),
        READS_AFTER: String(reads.after),
        ...(works ? { WORKS: '1' } : {}),
      },
      `http://127.0.0.1:${port}/readyz`,
    );
  }
  return { url, secret };
}
