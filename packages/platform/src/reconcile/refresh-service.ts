import type { Fact } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import type { ReconcileDependencies } from './dependencies.ts';

/**
 * Stores the order's service in its record. A failed read becomes a fact, so that the operator
 * learns of an outage that lasts.
 */
export async function refreshService(
  { services, store, log }: ReconcileDependencies,
  record: LoadedRecord,
  serviceId: string,
): Promise<LoadedRecord> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const found = await services.find(record.agentId, serviceId);
  if (found === null) return record;
  if ('service' in found) return (await store.noteService(ref, found.service)) ?? record;
  const fact: Fact = { type: 'service_unread', serviceId, ...found.unread };
  if ((await store.append(ref, [fact])) > 0) {
    log.warn({ ...ref, serviceId, ...found.unread }, 'the order waits: its service cannot be read');
  }
  return store.appendAndLoad(ref, []);
}
