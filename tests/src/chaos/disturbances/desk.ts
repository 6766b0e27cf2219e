import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@fulfillment/processes';
import type { Fleet } from '../fleet/fleet.ts';
import type { Luck } from '../luck.ts';

/** The handler of the configuration under chaos. */
const HANDLER = { part: 'handler', id: 'work' };
const PATIENCE_MS = 15_000;
const LOOK_MS = 250;
/** An admin that is frozen does not answer within this time, and the operator asks another one. */
const ANSWER_MS = 3000;
const MOST_ORDERS = 500;

/**
 * Presses a button of the console. Sends the form until an admin takes or rejects it, as an
 * operator does whose page does not answer.
 * @returns the status of the answer. Null: no admin answered in time.
 */
async function press({ members }: Fleet, path: string, form: Record<string, string>): Promise<number | null> {
  const admins = members.flatMap(({ app, url }) => (app === 'admin' ? [url] : []));
  const once = async (admin: string): Promise<number | null> => {
    const answer = await fetch(`${admin}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch(() => null);
    return answer === null || answer.status >= 500 ? null : answer.status;
  };
  return waitFor(
    'an admin to answer',
    async () => {
      for (const admin of admins) {
        const status = await once(admin);
        if (status !== null) return status;
      }
      return null;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
  ).catch(() => null);
}

/** Pauses the handler for a moment. @returns whether the console took both presses. */
export async function pauseWork(fleet: Fleet, luck: Luck): Promise<boolean> {
  if ((await press(fleet, '/services/pause', HANDLER)) !== 303) return false;
  await delay(luck.between(300, 2000));
  return resumeWork(fleet);
}

export async function resumeWork(fleet: Fleet): Promise<boolean> {
  return (await press(fleet, '/services/resume', HANDLER)) === 303;
}

/**
 * Stops the generation of an order, and has it generated again.
 * @returns whether the console took the stop.
 */
export async function stopGeneration(fleet: Fleet, luck: Luck): Promise<boolean> {
  const open = await fleet.view.store.index.list('open', 0, MOST_ORDERS).catch(() => []);
  const generating = open.filter(({ stage, round }) => stage === 'generating' && round === '0');
  if (generating.length === 0) return false;
  const { agentId, orderId } = luck.pick(generating);
  const form = { step: 'generate:0', attempt: '0' };
  const status = await press(fleet, `/orders/${agentId}/${orderId}/stop`, form);
  await retryStopped(fleet);
  return status === 303;
}

/** Retries every step that an operator stopped. Redis may have lost an earlier retry. */
export async function retryStopped(fleet: Fleet): Promise<void> {
  const waiting = await fleet.view.store.index.list('attention', 0, MOST_ORDERS).catch(() => []);
  for (const { agentId, orderId, attention } of waiting) {
    for (const { key, cause } of attention) {
      if (cause !== 'stopped') continue;
      await press(fleet, `/orders/${agentId}/${orderId}/actions`, { action: 'retry', attention: key });
    }
  }
}
