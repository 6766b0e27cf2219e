import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@fulfillment/processes';
import type { Market } from '../harness/market.ts';
import type { Sandbox } from '../harness/sandbox.ts';
import { fileBody } from './made.ts';
import type { Written } from './operator.ts';
import { AGENT_NAMES, type Plan, PRICE_TYPE } from './plans.ts';

/** An order that a buyer placed. */
export interface Placed {
  id: string;
  plan: Plan;
  /** The buyer's text for each requested revision. The first revision's text is at 0. */
  said: string[];
  /** What an operator wrote to the buyer. */
  written: Written | null;
  /** How often the console took files by hand for the order. */
  uploads: number;
  /** How often the console took a release of the order. */
  releases: number;
}

/** Services by agent and price type, or by agent and `ONE_REVISION`. */
export type Offers = Record<string, string>;

/** A service with a fixed price that includes one revision. */
const ONE_REVISION = 'one revision';

export async function offer({ sandbox, agentIds }: Market): Promise<Offers> {
  const offers: Offers = {};
  for (const name of AGENT_NAMES) {
    for (const priceType of new Set(Object.values(PRICE_TYPE))) {
      const service = await sandbox.post<{ id: string }>('/sandbox/services', {
        agent_id: agentIds[name],
        title: `${priceType} of ${name}`,
        price_type: priceType,
        price_usd: '20.00',
      });
      offers[`${name} ${priceType}`] = service.id;
    }
    const service = await sandbox.post<{ id: string }>('/sandbox/services', {
      agent_id: agentIds[name],
      title: `${ONE_REVISION} of ${name}`,
      price_type: 'fixed',
      price_usd: '20.00',
      max_revisions: 1,
    });
    offers[`${name} ${ONE_REVISION}`] = service.id;
  }
  return offers;
}

/** Long enough for everything that chaos does to an order. */
const PATIENCE_MS = 240_000;
const LOOK_MS = 250;

export interface BuyerSetup {
  sandbox: Sandbox;
  offers: Offers;
  plan: Plan;
  /** Aborted when the time is up: the buyer gives up at once. */
  stop: AbortSignal;
  /** Called with the order once it is placed. */
  onPlaced: (placed: Placed) => void;
  /** Writes to the buyer as an operator. `order`: `<agent id>/<order id>`. */
  writeToBuyer: (order: string, content: string) => Promise<Written | null>;
  /** Delivers a file by hand as an operator. @returns whether the console took the file. */
  deliverByHand: (order: string, body: string) => Promise<boolean>;
  /** Releases a held round as an operator, with a note. @returns whether the console took it. */
  release: (order: string) => Promise<boolean>;
  agentIds: Market['agentIds'];
}

/** Plays a buyer from the first click to the last. @throws the problem that stopped the buyer. */
export async function buy({
  sandbox,
  offers,
  plan,
  stop,
  onPlaced,
  writeToBuyer,
  deliverByHand,
  release,
  agentIds,
}: BuyerSetup): Promise<void> {
  const pause = (ms: number) => delay(ms, undefined, { signal: stop });
  await pause(plan.startsAfterMs);
  const isBornPaid = plan.kind === 'x402' || plan.kind === 'bounty';
  const { id } = await sandbox.post<{ id: string }>('/sandbox/orders', {
    service_id: offers[`${plan.agent} ${plan.isReleased ? ONE_REVISION : PRICE_TYPE[plan.kind]}`],
    kind: isBornPaid ? plan.kind : 'service',
    brief: plan.isByHand ? 'By hand.' : plan.files === 2 ? 'Make two files.' : 'Make one file.',
  });
  const placed: Placed = { id, plan, said: [], written: null, uploads: 0, releases: 0 };
  onPlaced(placed);
  const orderPath = `${agentIds[plan.agent]}/${id}`;
  const act = (action: string, body: object = {}) => sandbox.post(`/sandbox/orders/${id}/${action}`, body);
  const until = (what: string, probe: () => Promise<boolean>) =>
    waitFor(
      `order ${id} ${what}`,
      () => {
        stop.throwIfAborted();
        return probe();
      },
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );
  const statusIs = (status: string) =>
    until(`to be ${status}`, async () => (await sandbox.order(id)).order.status === status);
  const cancel = async () => {
    await pause(plan.pace);
    await refusable(act('cancel'));
  };

  if (plan.cancels === 'before paying' && !isBornPaid) return cancel();
  if (plan.kind === 'quote') await statusIs('quoted');
  if (!isBornPaid) await act('pay');
  if (plan.cancels !== null) return cancel();
  if (plan.isByHand) {
    const body = fileBody({ order: id, round: 0, feedback: null, file: 1 });
    await until('to be delivered by hand', async () => {
      if ((await sandbox.order(id)).order.status === 'delivered') return true;
      if (await deliverByHand(orderPath, body)) placed.uploads += 1;
      return false;
    });
  }
  await statusIs('delivered');
  if (plan.isWrittenTo) placed.written = await writeToBuyer(orderPath, `Is everything right with ${id}?`);
  if (plan.races) {
    await act('status', { status: 'paid' });
    await statusIs('delivered');
  }
  for (let revision = 1; revision <= plan.revisions; revision += 1) {
    await pause(plan.pace);
    const said = `Change ${revision} of ${id}.`;
    placed.said.push(said);
    await act('revision', { feedback: said });
    await until(`to be delivered in revision ${revision}`, async () => {
      const { order, messages } = await sandbox.order(id);
      // If no webhook arrives, our side asks the buyer, and the buyer answers.
      const asked = messages.findLastIndex(
        (message) => message.sender_type === 'agent' && /its text did not reach us/.test(message.content),
      );
      const answered = messages.findLastIndex((message) => message.sender_type !== 'agent');
      if (order.status === 'revision_requested' && asked > answered) await act('message', { content: said });
      if (plan.isReleased && order.status === 'revision_requested' && (await release(orderPath)))
        placed.releases += 1;
      return order.status === 'delivered';
    });
  }
  if (plan.messages) {
    // Impatient buyers send the same words again: two messages, not one.
    await act('message', { content: 'Thank you.' });
    await act('message', { content: 'Thank you.' });
  }
  await pause(plan.pace);
  if (plan.ends === 'approves') await act('approve');
  if (plan.ends === 'disputes') await act('dispute', { reason: 'Not what I wanted.' });
}

/**
 * The marketplace may reject the cancellation: the order may be delivered by now, or be a
 * subscription.
 */
async function refusable(cancelling: Promise<unknown>): Promise<void> {
  await cancelling.catch((error: unknown) => {
    if (!/: 400 /.test(String(error))) throw error;
  });
}
