import { type Finding, ok, warning } from './finding.ts';

/** Webhooks are refused when their time is further away than 300 s; times on pages are wrong long before. */
const NOTICEABLE_MS = 5000;

/**
 * Compares another clock with ours. Times in ms since the epoch.
 * @param theirs what the other clock said.
 * @param begun our time when it was asked; `ended`: when it answered.
 * @param graininess of their clock, in ms.
 */
export function clockFinding(
  whose: string,
  theirs: number,
  begun: number,
  ended: number,
  graininess = 0,
): Finding {
  const ahead = theirs > ended ? theirs - ended : Math.min(0, theirs + graininess - begun);
  const seconds = (Math.abs(ahead) / 1000).toFixed(0);
  return Math.abs(ahead) < NOTICEABLE_MS
    ? ok('clock', `agrees with that of ${whose}`)
    : warning(
        'clock',
        `${seconds} s ${ahead > 0 ? 'behind' : 'ahead of'} that of ${whose}`,
        'Keep the time of this machine right (chrony, systemd-timesyncd): webhooks over 300 s off are refused',
      );
}
