import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@fulfillment/devtools';
import type { AgentName } from '../harness/agents.ts';
import type { Market } from '../harness/market.ts';
import type { Sandbox } from '../harness/sandbox.ts';
import type { Luck } from './luck.ts';

/** What a buyer means to do with an order; drawn before anything happens, so that a seed fixes it. */
export interface Plan {
  agent: AgentName;
  kind: (typeof KINDS)[number];
  twoFiles: boolean;
  cancels: boolean;
  revisions: number;
  messages: boolean;
  ends: 'approves' | 'disputes' | 'is silent';
  /** Waits before each thing the buyer does, in ms. */
  pace: number;
  startsAfterMs: number;
}

/** How an order comes to be, and the price type of its service. `x402` and `bounty` are born paid. */
const PRICE_TYPE = {
  fixed: 'fixed',
  quote: 'quote',
  weekly: 'weekly',
  x402: 'fixed',
  bounty: 'fixed',
} as const;
const KINDS = ['fixed', 'fixed', 'quote', 'quote', 'x402', 'x402', 'weekly', 'bounty'] as const;

const AGENT_NAMES: readonly AgentName[] = ['studio', 'second', 'silent', 'noisy'];

export function planOf(luck: Luck, spreadMs: number): Plan {
  return {
    agent: luck.pick(AGENT_NAMES),
    kind: luck.pick(KINDS),
    twoFiles: luck.chance(0.2),
    cancels: luck.chance(0.1),
    revisions: luck.pick([0, 0, 0, 1, 1, 2]),
    messages: luck.chance(0.2),
    ends: luck.pick(['approves', 'approves', 'disputes', 'is silent']),
    pace: luck.between(0, 1500),
    startsAfterMs: luck.between(0, spreadMs),
  };
}

/** Services by agent and price type. */
export type Offers = Record<string, string>;

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
  }
  return offers;
}

/** Long enough for whatever chaos does to an order. */
const PATIENCE_MS = 240_000;
const LOOK_MS = 250;

/** A buyer from the first click to the last. @returns the order's id. */
export async function buy(sandbox: Sandbox, offers: Offers, plan: Plan, stop: AbortSignal): Promise<string> {
  await delay(plan.startsAfterMs);
  const isBornPaid = plan.kind === 'x402' || plan.kind === 'bounty';
  const order = await sandbox.post<{ id: string }>('/sandbox/orders', {
    service_id: offers[`${plan.agent} ${PRICE_TYPE[plan.kind]}`],
    kind: isBornPaid ? plan.kind : 'service',
    brief: plan.twoFiles ? 'Make two files.' : 'Make one file.',
  });
  const act = (action: string, body: object = {}) =>
    sandbox.post(`/sandbox/orders/${order.id}/${action}`, body);
  const until = (status: string) =>
    waitFor(
      `order ${order.id} to be ${status}`,
      async () => stop.aborted || (await sandbox.order(order.id)).order.status === status,
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );

  if (plan.kind === 'quote') await until('quoted');
  if (!isBornPaid) await act('pay');
  if (plan.cancels) {
    await delay(plan.pace);
    // It may be delivered by now; then it cannot be cancelled, and the buyer stays silent.
    await act('cancel').catch(() => undefined);
    return order.id;
  }
  await until('delivered');
  for (let revision = 1; revision <= plan.revisions; revision += 1) {
    await delay(plan.pace);
    await act('revision', { feedback: `Change ${revision}.` });
    // Where no webhook arrives we are asked, and answer.
    const isDone = async () => {
      const { order: seen, messages } = await sandbox.order(order.id);
      const asked = messages.findLastIndex(
        (message) => message.sender_type === 'agent' && /its text did not reach us/.test(message.content),
      );
      const answered = messages.findLastIndex((message) => message.sender_type !== 'agent');
      if (seen.status === 'revision_requested' && asked > answered)
        await act('message', { content: `Change ${revision}.` });
      return stop.aborted || seen.status === 'delivered';
    };
    await waitFor(`revision ${revision} of ${order.id}`, isDone, {
      timeoutMs: PATIENCE_MS,
      intervalMs: LOOK_MS,
    });
  }
  if (plan.messages) await act('message', { content: 'Thank you.' });
  await delay(plan.pace);
  if (plan.ends === 'approves') await act('approve');
  if (plan.ends === 'disputes') await act('dispute', { reason: 'Not what I wanted.' });
  return order.id;
}
