import { type Finding, ok, warning } from './finding.ts';

/**
 * The ingestor rejects webhooks whose time differs by more than 300 s. Times on pages are wrong
 * long before.
 */
const NOTICEABLE_MS = 5000;

/** What another clock showed. Times in ms since the epoch. */
export interface ClockReading {
  theirs: number;
  /** Our time at the request. */
  begun: number;
  /** Our time at the answer. */
  ended: number;
  /** The graininess of their clock, in ms. */
  graininess?: number;
}

/** Compares another clock with ours. */
export function clockFinding(whose: string, { theirs, begun, ended, graininess = 0 }: ClockReading): Finding {
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
