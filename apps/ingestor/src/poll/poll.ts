import { AuthenticationError } from '@atelier-ai/sdk';
import { classify, type IngestorSettings, type Runtime } from '@fulfillment/platform';
import type { OrderRef, OrderSnapshot } from '@fulfillment/shared';
import { noLongerListed, rememberListed } from './last-list.ts';
import { learnFromAbsent, noteAbsent, readList } from './list-pages.ts';
import { noteArrivals } from './note-arrivals.ts';
import { observeListed, readListed } from './observe-listed.ts';
import { isDue, notePoll, yieldingOf } from './poll-pace.ts';
import { isOurs } from './polled-agents.ts';
import { noteStatusesAsked, statusesToAskFor, waitsForSeller } from './polled-statuses.ts';
import { refreshServices } from './refresh-services.ts';

/**
 * Longer than a poll usually takes. Two polls at once are wasteful but harmless. If an ingestor
 * dies, its lock ends after this time.
 */
const POLL_LOCK_MS = 60_000;

/**
 * Polls one agent, with one list call for every status that waits for the seller, or one for each
 * page if the list has pages. New or changed orders are poked. Orders that the last list had and
 * this list lacks are poked, too. Only one poll of an agent runs at a time.
 */
export async function poll(runtime: Runtime, settings: IngestorSettings, agentId: string): Promise<void> {
  const { log, stopping } = runtime;
  if (stopping.aborted) return;
  if (!(await isOurs(runtime, settings, agentId)) || !(await isDue(runtime, settings, agentId))) return;
  try {
    await runtime.locked(`poll:${agentId}`, POLL_LOCK_MS, () => readAgent(runtime, settings, agentId));
    await noteAcceptedKey(runtime, agentId);
  } catch (error) {
    await noteRejectedKey(runtime, agentId, error);
    const failure = classify(error);
    if (failure.kind !== 'throttled') throw error;
    log.info({ agentId, reason: failure.reason }, 'poll left to the next tick');
  }
}

async function readAgent(runtime: Runtime, settings: IngestorSettings, agentId: string): Promise<void> {
  await refreshServices(runtime, agentId);
  await learnFromAbsent(runtime, agentId);
  const askedAt = await runtime.store.now();
  const yielding = await yieldingOf(runtime, settings, agentId);
  const statuses = await statusesToAskFor(runtime, agentId, askedAt);
  const { rows, isComplete } = await readList(runtime, agentId, { statuses, yielding });
  const listed = readListed(runtime, agentId, rows).filter(waitsForSeller);
  const changes = await observeListed(runtime, agentId, { listed, askedAt });
  const changed = changes.map(({ ref }) => ref);
  const gone = isComplete ? await noLongerListed(runtime, agentId, listed) : [];
  await pokeAll(runtime, changed, gone);
  if (isComplete) {
    const orderIds = gone.map(({ orderId }) => orderId);
    await noteAbsent(runtime, agentId, { orderIds, length: rows.length, askedAt });
  }
  await noteArrivals(runtime, agentId, { listed, changes, askedAt });
  // The next list may leave the delivered orders out, and they are not gone then.
  const isListedAgain = ({ status }: OrderSnapshot) => status !== 'delivered';
  await rememberListed(runtime, agentId, { listed: listed.filter(isListedAgain), isComplete });
  // A poll that lacks a page is not done, so the next tick polls again.
  if (isComplete) {
    await notePoll(runtime, agentId, changes.filter(({ isAnnounced }) => !isAnnounced).length);
    await noteStatusesAsked(runtime, agentId, { statuses, askedAt });
  }
  const counts = { listed: listed.length, changed: changed.length, gone: gone.length };
  runtime.log.info({ agentId, ...counts, isComplete }, 'polled');
}

/** The admin pages and metrics show an agent whose key the marketplace rejects. */
async function noteRejectedKey(
  { agents, registry }: Runtime,
  agentId: string,
  error: unknown,
): Promise<void> {
  const name = agents.find(agentId)?.name;
  if (name !== undefined && error instanceof AuthenticationError) await registry.noteRejected(name, agentId);
}

/** A poll that succeeds proves the key. The agent's own check may be minutes away. */
async function noteAcceptedKey({ agents, registry }: Runtime, agentId: string): Promise<void> {
  const name = agents.find(agentId)?.name;
  if (name !== undefined && (await registry.isRejected(name))) await registry.noteServed(name, agentId);
}

async function pokeAll(
  { store, queues }: Runtime,
  changed: readonly OrderRef[],
  gone: readonly OrderRef[],
): Promise<void> {
  for (const ref of gone) await store.hint(ref, []);
  await queues.pokeAll([...changed, ...gone], 'poll');
}
