import { randomUUID } from 'node:crypto';
import type { AlertMessage } from '@fulfillment/handlers';
import {
  baseSettings,
  describeError,
  keepSecret,
  loadDotEnv,
  readSettings,
  secretsIn,
  workspaceRoot,
} from '@fulfillment/platform';
import { type Config, loadConfig } from '@fulfillment/runner';
import { ConfigurationError, EXIT_CONFIGURATION } from '@fulfillment/shared';

/**
 * Sends a test message through each channel of the configuration, and prints the results.
 * @returns the exit status.
 */
export async function testChannels(): Promise<number> {
  let channels: NonNullable<Config['alerts']>['channels'];
  try {
    channels = (await readConfig()).alerts?.channels ?? [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(describeError(error));
    return EXIT_CONFIGURATION;
  }
  if (channels.length === 0) {
    console.error('The configuration has no channels. Add `alerts`: see docs/operator/alerts.md');
    return 1;
  }
  const results = await Promise.all(
    channels.map(async ({ name, channel }) => {
      try {
        await channel.send(message(), new AbortController().signal);
        console.log(`✓ ${name} (${channel.protocol})`);
        return true;
      } catch (error) {
        console.log(`✗ ${name} (${channel.protocol}): ${describeError(error)}`);
        return false;
      }
    }),
  );
  return results.every(Boolean) ? 0 : 1;
}

async function readConfig(): Promise<Config> {
  const root = workspaceRoot();
  process.chdir(root);
  loadDotEnv(root);
  keepSecret(...secretsIn(process.env));
  return loadConfig(readSettings(baseSettings));
}

function message(): AlertMessage {
  return {
    id: randomUUID(),
    alert: 'test',
    kind: 'test',
    severity: 'info',
    state: 'test',
    title: 'This channel works',
    advice: 'Somebody ran `pnpm fulfillment alerts test`. There is nothing to do.',
    count: 1,
    amountUsd: null,
    dueAt: null,
    openedAt: new Date().toISOString(),
    link: null,
    runbookLink: null,
    acknowledgeLink: null,
  };
}
