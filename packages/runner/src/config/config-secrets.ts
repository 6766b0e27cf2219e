import type { AlertsConfig } from './alerts-schema.ts';

/** The parts of a configuration that hold secrets. */
interface SecretParts {
  agents: readonly { apiKey: string; webhookSecret?: string | undefined }[];
  alerts: AlertsConfig | null;
}

/** A shorter value, such as the topic `orders`, may also be that of an innocent variable. */
const SHORTEST_CHANNEL_SECRET = 8;

/** The addresses and tokens of the channels, and the address of the heartbeat. */
export function alertSecrets(alerts: AlertsConfig | null | undefined): string[] {
  const ofChannels = alerts?.channels.flatMap(({ channel }) => channel.secrets) ?? [];
  return [...ofChannels, alerts?.heartbeat?.url ?? ''];
}

/** The secrets of a configuration that no handler needs, and that its processes do not get. */
export function withheldSecrets({ agents, alerts }: SecretParts): string[] {
  return [
    ...agents.flatMap(({ apiKey, webhookSecret }) => [apiKey, webhookSecret ?? '']),
    ...alertSecrets(alerts).filter(({ length }) => length >= SHORTEST_CHANNEL_SECRET),
  ];
}
