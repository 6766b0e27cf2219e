import { waitFor } from '@fulfillment/processes';
import { NOTE } from './made.ts';

/**
 * An order that is delivered when Redis loses all data is unknown until its buyer acts. The
 * operator then gives up.
 */
const PATIENCE_MS = 20_000;
const LOOK_MS = 250;
/** An admin that is frozen does not answer within this time, and the operator asks another one. */
const ANSWER_MS = 3000;

/** What an operator writes to a buyer. */
export interface Written {
  content: string;
  /**
   * When the form was sent that an admin accepted, in ms since the epoch. Redis may have lost the
   * message at any moment after.
   */
  at: number;
}

/** The console of the fleet. */
export interface Console {
  /** The addresses of the admins. Some may be down. */
  admins: readonly string[];
  /** Aborted when the time is up. */
  stop: AbortSignal;
}

/**
 * Writes to the buyer of an order. Sends the same form until an admin accepts it, as an operator
 * does whose page does not answer.
 * @param order `<agent id>/<order id>`.
 * @returns null if no admin knows the order.
 */
export async function writeToBuyer(
  { admins, stop }: Console,
  order: string,
  content: string,
): Promise<Written | null> {
  const body = new URLSearchParams({ number: '0', content }).toString();
  /** @returns when the accepted form was sent, or null. */
  const press = async (admin: string): Promise<number | null> => {
    stop.throwIfAborted();
    const sentAt = Date.now();
    const answer = await fetch(`${admin}/orders/${order}/messages`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch(() => null);
    return answer?.status === 303 ? sentAt : null;
  };
  const at = await waitFor(
    `an admin to take the message for ${order}`,
    async () => {
      for (const admin of admins) {
        const sentAt = await press(admin);
        if (sentAt !== null) return sentAt;
      }
      return null;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
  ).catch(() => null);
  return at === null ? null : { content, at };
}

/** The attention that the form for files by hand answers, on the order's page. */
const BY_HAND_FORM = /\/by-hand"[\s\S]*?name="attention" value="([^"]+)"/;

/**
 * Delivers a file by hand in place of a generation that failed, if the order's page offers that.
 * @param order `<agent id>/<order id>`.
 * @returns whether an admin took the file. Redis may lose that it did.
 */
export function deliverByHand(console: Console, order: string, body: string): Promise<boolean> {
  return answer(console, order, (page) => {
    const [, attention] = BY_HAND_FORM.exec(page) ?? [];
    if (attention === undefined) return null;
    const form = new FormData();
    form.set('attention', attention);
    form.set('files', new File([body], 'file-1.txt', { type: 'text/plain' }));
    return { path: 'by-hand', form };
  });
}

/** The attention of a revision that the price does not include, on the order's page. */
const BEYOND_PRICE = /data-attention="(beyond_max_revisions:[^"]+)"/;

/**
 * Releases a revision beyond the price, with a note to the handler, if the order waits for that.
 * @param order `<agent id>/<order id>`.
 * @returns whether an admin took the release. Redis may lose that it did.
 */
export function releaseRevision(console: Console, order: string): Promise<boolean> {
  return answer(console, order, (page) => {
    const [, attention] = BEYOND_PRICE.exec(page) ?? [];
    if (attention === undefined) return null;
    return { path: 'actions', form: new URLSearchParams({ attention, action: 'release', note: NOTE }) };
  });
}

/**
 * Answers what the page of an order offers, once.
 * @param formFor the form that answers a page. Null: the page does not offer it.
 * @returns whether an admin took the form.
 */
async function answer(
  { admins, stop }: Console,
  order: string,
  formFor: (page: string) => { path: string; form: FormData | URLSearchParams } | null,
): Promise<boolean> {
  for (const admin of admins) {
    stop.throwIfAborted();
    const url = `${admin}/orders/${order}`;
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, { ...init, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) });
    try {
      const wanted = formFor(await (await ask('')).text());
      if (wanted === null) continue;
      const { path, form } = wanted;
      const { status } = await ask(`/${path}`, { method: 'POST', headers: { origin: admin }, body: form });
      if (status === 303) return true;
    } catch {
      // This admin is down or frozen. The operator asks another one.
    }
  }
  return false;
}
