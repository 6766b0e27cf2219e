import { describeError } from '@fulfillment/platform';
import type { Config } from '@fulfillment/runner';
import { type Finding, ok, problem, warning } from './finding.ts';

/** How long a channel may take to answer, in ms. */
const WITHIN_MS = 10_000;

/** Checks the channels of the alerts, as far as the protocol allows it without a message. */
export async function checkChannels(
  alerts: Config['alerts'],
  adminUrl: string | undefined,
): Promise<Finding[]> {
  if (alerts === null || alerts.channels.length === 0)
    return [
      warning(
        'alerts',
        'nobody is notified of orders that need a human',
        'Add `alerts` with a channel to the configuration: see docs/operator/alerts.md',
      ),
    ];
  const findings = alerts.channels.map(async ({ name, channel }) => {
    const about = `alerts to "${name}"`;
    if (channel.check === undefined)
      return ok(
        about,
        `${channel.protocol}: not checked without a message. Try: pnpm fulfillment alerts test`,
      );
    try {
      await channel.check(AbortSignal.timeout(WITHIN_MS));
      return ok(about, `${channel.protocol} answers`);
    } catch (error) {
      return problem(about, describeError(error), 'Correct the channel in the configuration');
    }
  });
  const links =
    adminUrl === undefined
      ? [warning('alerts', 'messages have no links', 'Set ADMIN_URL to the address of the admin pages')]
      : [];
  return [...(await Promise.all(findings)), ...links];
}
