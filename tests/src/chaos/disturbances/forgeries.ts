import { createHash, createHmac } from 'node:crypto';
import { WEBHOOK_PATH } from '@fulfillment/shared';
import type { Placed } from '../buyers.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Luck } from '../luck.ts';
import { AGENT_NAMES } from '../plans.ts';

/**
 * Ways to forge a webhook. Ways that sign use a real secret, or reuse the signature of a real
 * webhook.
 */
export const WAYS = [
  'wrong signature',
  'no signature',
  "another agent's secret",
  'stale timestamp',
  'timestamp of the future',
  'altered bytes',
  'replayed to another agent',
] as const;

/** A webhook that the marketplace did not send. */
export interface Forgery {
  way: (typeof WAYS)[number];
  /**
   * The record of its bytes if the ingestor accepted them. Null if the ingestor rightly accepted
   * the same bytes once.
   */
  fingerprint: string | null;
  /** The status of the answer, or 0 without an answer. */
  status: number;
}

/** The beginning of every text that only a forged webhook contains. */
export const MARKER = 'forged-text-';
const ANSWER_WITHIN_MS = 6000;
/** More than the tolerance of 300 s. */
const BEYOND_TOLERANCE_SECONDS = 400;

interface Webhook {
  body: string;
  agentId: string;
  signature: string | undefined;
}

/**
 * Sends a forged webhook about an existing order.
 * @returns null while there is nothing to forge.
 */
export async function forge(
  fleet: Fleet,
  { way, placed }: { way: Forgery['way']; placed: readonly Placed[] },
  luck: Luck,
): Promise<Forgery | null> {
  const webhook = forged(fleet, { way, placed }, luck);
  if (webhook === null) return null;
  const status = await post(fleet.front.url, webhook);
  return { way, status, fingerprint: way === 'replayed to another agent' ? null : hashOf(webhook.body) };
}

/**
 * Sends the exact bytes of a real webhook again.
 * @returns the status of the answer, or null while there is no webhook to send.
 */
export async function replay({ front }: Fleet, luck: Luck): Promise<number | null> {
  if (front.taken.length === 0) return null;
  return post(front.url, luck.pick(front.taken));
}

function forged(
  { market: { agentIds, webhookSecrets }, front }: Fleet,
  { way, placed }: { way: Forgery['way']; placed: readonly Placed[] },
  luck: Luck,
): Webhook | null {
  const genuine = front.taken.at(-1);
  if (placed.length === 0 || genuine === undefined) return null;
  const order = luck.pick(placed);
  const { agent } = order.plan;
  const other = luck.pick(AGENT_NAMES.filter((name) => name !== agent));
  const made = { body: eventAbout(order.id, luck), agentId: agentIds[agent] };
  const now = Math.floor(Date.now() / 1000);
  switch (way) {
    case 'wrong signature':
      return { ...made, signature: `t=${now},v1=${'0'.repeat(64)}` };
    case 'no signature':
      return { ...made, signature: undefined };
    case "another agent's secret":
      return { ...made, signature: signed(webhookSecrets[other], made.body, now) };
    case 'stale timestamp':
      return {
        ...made,
        signature: signed(webhookSecrets[agent], made.body, now - BEYOND_TOLERANCE_SECONDS),
      };
    case 'timestamp of the future':
      return {
        ...made,
        signature: signed(webhookSecrets[agent], made.body, now + BEYOND_TOLERANCE_SECONDS),
      };
    case 'altered bytes':
      return { ...genuine, body: genuine.body.replace(/\}$/, `,"note":"${markerOf(luck)}"}`) };
    case 'replayed to another agent': {
      const stranger = Object.values(agentIds).find((id) => id !== genuine.agentId);
      return { ...genuine, agentId: stranger ?? '' };
    }
  }
}

/** An event that would do harm if the product believed it. */
function eventAbout(orderId: string, luck: Luck): string {
  const text = markerOf(luck);
  const [event, data] = luck.pick([
    ['order.revision_requested', { feedback: text, revision_count: 1, max_revisions: 3, is_extra: false }],
    ['order.cancelled', { previous_status: 'paid', note: text }],
    ['order.message', { sender_type: 'client', sender_name: 'A client', content: text }],
    ['order.disputed', { reason: text }],
    ['order.paid', { status: 'paid', service_title: text }],
  ] as const);
  const about = luck.chance(0.2) ? `ord_${text}` : orderId;
  return JSON.stringify({ event, order_id: about, data });
}

function markerOf(luck: Luck): string {
  return `${MARKER}${luck.between(0, 1_000_000_000)}`;
}

/** The value of the signature header for a body that the secret's owner signs. */
export function signed(secret: string, body: string, seconds: number): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

/** The hash under which the ingestor records an accepted webhook. */
function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

/**
 * Sends a webhook as the marketplace does.
 * @returns the status of the answer, or 0 without an answer.
 */
export async function post(front: string, { body, agentId, signature }: Webhook): Promise<number> {
  try {
    const answer = await fetch(`${front}${WEBHOOK_PATH}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-atelier-agent-id': agentId,
        ...(signature === undefined ? {} : { 'x-atelier-signature': signature }),
      },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}
