import type { FastifyInstance } from 'fastify';
import { success } from '../api/entrance/envelope.ts';
import { Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';

const LONGEST = 20_000;
const TIMEOUT_MS = 5000;

/**
 * Reads a delivered text for the buyer's page: the page's own requests must not leave the sandbox.
 */
export function deliverableTextControl(server: FastifyInstance, { market }: Sandbox): void {
  server.get<{ Params: { id: string; index: string } }>(
    '/sandbox/orders/:id/deliverables/:index/text',
    async (request) => {
      const row = market.order(request.params.id).deliverables[Number(request.params.index)];
      if (row === undefined) throw new Refusal(404, 'Deliverable not found');
      return success(await readText(row.url));
    },
  );
}

/** Reads a text. @throws Refusal 502 if the URL has nothing to read. */
async function readText(url: string): Promise<{ text: string; is_cut: boolean }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`It answers ${answer.status}`);
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.length > LONGEST) return { text: text.slice(0, LONGEST), is_cut: true };
    }
    return { text, is_cut: false };
  } catch (cause) {
    throw new Refusal(
      502,
      `The deliverable cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}
