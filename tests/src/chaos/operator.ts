import { waitFor } from '@fulfillment/processes';

const PATIENCE_MS = 120_000;
const LOOK_MS = 250;
/** An admin that is frozen does not answer within this time, and the operator asks another one. */
const ANSWER_MS = 3000;

/** What an operator writes to a buyer. */
export interface Written {
  content: string;
  /** When an admin accepted it, in ms since the epoch. */
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
 */
export async function writeToBuyer(
  { admins, stop }: Console,
  order: string,
  content: string,
): Promise<Written> {
  const body = new URLSearchParams({ number: '0', content }).toString();
  const press = async (admin: string) => {
    stop.throwIfAborted();
    const answer = await fetch(`${admin}/orders/${order}/messages`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch(() => null);
    return answer?.status === 303;
  };
  await waitFor(
    `an admin to take the message for ${order}`,
    async () => {
      for (const admin of admins) if (await press(admin)) return true;
      return false;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
  );
  return { content, at: Date.now() };
}
