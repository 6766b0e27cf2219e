import { setTimeout as delay } from 'node:timers/promises';
import { describeError, type KnownAgent, keepSecret, type Runtime } from '@fulfillment/platform';
import { type Backoff, backoffWait, WEBHOOK_PATH } from '@fulfillment/shared';

const BACKOFF_MS: Backoff = { first: 1000, longest: 5 * 60_000 };

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
  for (let failures = 0; !stopping.aborted; failures += 1) {
    try {
      const updated = await agent.client.agents.update({ endpoint_url: endpoint }, { signal: stopping });
      agent.endpointUrl = endpoint;
      keepSecret(updated.webhook_secret);
      agent.webhookSecret ??= updated.webhook_secret;
      log.info({ agentId: agent.id, endpoint }, 'webhooks registered');
      return;
    } catch (error) {
      if (stopping.aborted) return;
      const retryInMs = backoffWait(BACKOFF_MS, failures);
      log.warn(
        { agentId: agent.id, reason: describeError(error), retryInMs },
        'cannot register webhooks yet',
      );
      await delay(retryInMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
