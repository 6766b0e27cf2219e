import { setTimeout as delay } from 'node:timers/promises';
import { describeError, type KnownAgent, keepSecret, type Runtime } from '@fulfillment/platform';
import { WEBHOOK_PATH } from '@fulfillment/shared';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * Has the marketplace send an agent's webhooks here, when PUBLIC_URL is set and they go elsewhere.
 * Retries until the call succeeds. Polling serves orders meanwhile.
 */
export async function registerEndpoint(
  { log, stopping }: Runtime,
  publicUrl: string | undefined,
  agent: KnownAgent,
): Promise<void> {
  if (publicUrl === undefined) {
    log.info({ agentId: agent.id }, 'PUBLIC_URL is not set: orders are found by polling alone');
    return;
  }
  const endpoint = `${publicUrl}${WEBHOOK_PATH}`;
  if (agent.endpointUrl === endpoint) return;
  for (let wait = FIRST_WAIT_MS; !stopping.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const updated = await agent.client.agents.update({ endpoint_url: endpoint }, { signal: stopping });
      agent.endpointUrl = endpoint;
      keepSecret(updated.webhook_secret);
      agent.webhookSecret ??= updated.webhook_secret;
      log.info({ agentId: agent.id, endpoint }, 'webhooks registered');
      return;
    } catch (error) {
      if (stopping.aborted) return;
      log.warn(
        { agentId: agent.id, reason: describeError(error), retryInMs: wait },
        'cannot register webhooks yet',
      );
      await delay(wait, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
