import { z } from 'zod';
import { type Html, html } from './html.ts';

/** A pause, as far as a form knows it. */
interface KnownPause {
  /** Null: a program other than the console began it. */
  by: string | null;
  /** In ms since the epoch. Null: nobody recorded it. */
  since: number | null;
}

/**
 * The state of a pause on the page of a form (see `markField`). Absent: a program presses the
 * button, and has seen no page.
 */
export const markSchema = z.object({ since: z.string().optional() });

/** Identifies the state of a pause. Empty: there is no pause. */
function pauseMark(pause: KnownPause | null): string {
  return pause === null ? '' : String(pause.since ?? 'unknown');
}

/** The field of a form that tells which state of a pause the page shows. */
export function markField(pause: KnownPause | null): Html {
  return html`<input type="hidden" name="since" value="${pauseMark(pause)}">`;
}

/**
 * What changed since the page of a form was loaded, in words. Null: nothing.
 * @param what names what the button pauses and resumes, at the beginning of a sentence.
 */
export function changeSince(
  { since }: z.infer<typeof markSchema>,
  pause: KnownPause | null,
  what: string,
): string | null {
  if (since === undefined || pauseMark(pause) === since) return null;
  const state = pause === null ? 'has been resumed' : `was paused by ${pause.by ?? 'another program'}`;
  return `${what} ${state} meanwhile. Nothing was changed.`;
}
