import { type OrderRecord, type Policy, type ThreadMessage, threadFacts } from '@fulfillment/shared';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import type { RecordStore } from '../record-store/record-store.ts';

interface ThreadDependencies {
  store: RecordStore;
  marketplace: Marketplace;
  policy: Policy;
}

/**
 * Reads an order's thread, and records the messages that the record lacks. Everything that reads a
 * thread must come here: the read marks the buyer's messages as read on the marketplace, where
 * nobody is shown them again.
 * @returns the thread, the oldest messages first, and the record with its messages.
 */
export async function readThread(
  { store, marketplace, policy }: ThreadDependencies,
  record: OrderRecord,
  signal?: AbortSignal,
): Promise<{ thread: ThreadMessage[]; record: LoadedRecord }> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const thread = await marketplace.thread(ref, signal);
  return { thread, record: await store.noteThread(ref, threadFacts(record, policy, thread)) };
}
