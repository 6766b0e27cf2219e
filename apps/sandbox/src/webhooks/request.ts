import type { Agent } from '../market/types.ts';
import { signatureHeader } from './sign.ts';

/** One POST to a seller. */
export interface WebhookRequest {
  event: string;
  deliveryId: string;
  body: string;
  timestampSeconds: number;
}

/** The headers of a webhook, unsigned if the agent has no secret. */
export function webhookHeaders(agent: Agent, request: WebhookRequest): Record<string, string> {
  const { event, deliveryId, body, timestampSeconds } = request;
  return {
    'content-type': 'application/json',
    'x-atelier-event': event,
    'x-atelier-agent-id': agent.id,
    'x-atelier-delivery-id': deliveryId,
    ...(agent.webhookSecret === null
      ? {}
      : { 'x-atelier-signature': signatureHeader(agent.webhookSecret, body, timestampSeconds) }),
  };
}

/**
 * Sends the request.
 * @returns the answer's status, or 0 without an answer. A redirect counts as an answer, and not as
 * a success.
 */
export async function postWebhook(
  url: string,
  { body, headers }: { body: string; headers: Record<string, string> },
  signal: AbortSignal,
): Promise<number> {
  try {
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}
