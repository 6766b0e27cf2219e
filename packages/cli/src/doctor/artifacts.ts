import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ArtifactStore, Staging, type StorePlace, stagedFile } from '@fulfillment/artifacts';
import { describeError } from '@fulfillment/platform';
import { type Finding, ok, problem, warning } from './finding.ts';

const ABOUT = 'artifacts';
const PROBE = 'order-of-the-doctor';
const ANSWER_WITHIN_MS = 10_000;

/**
 * Checks that the store keeps a file, that a buyer can open the file from outside, and that the
 * store removes it again.
 * @param isDefault whether the configuration names no store.
 */
export async function checkArtifacts(store: ArtifactStore, isDefault: boolean): Promise<Finding[]> {
  const { place } = store;
  const written = new Date().toISOString();
  let url: string | null;
  try {
    url = await inTime((signal) => keep(store, written, signal));
  } catch (error) {
    const text = `cannot be kept in ${place.where}: ${describeError(error)}`;
    return [problem(ABOUT, text, place.whenNotWritten)];
  }
  const opened = url === null ? hostedFinding(isDefault) : await openedFinding(url, written, place);
  return [ok(ABOUT, `can be kept in ${place.where}`), opened, ...(await removedFinding(store, place))];
}

/**
 * Keeps the probe.
 * @returns the address where buyers open the probe, or null if this store has no public address.
 */
async function keep(store: ArtifactStore, body: string, signal: AbortSignal): Promise<string | null> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'doctor-'));
  try {
    const staging = new Staging({ folder, orderId: PROBE, round: '0', secret: randomUUID() });
    const artifact = await staging.add({ body, contentType: 'text/plain', fileName: 'probe.txt', signal });
    await store.add(stagedFile(folder, artifact), artifact, signal);
    return await store.publicUrl(artifact);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Limits the time of a store call. A store retries longer than an operator waits, and an operator's
 * own store may ignore its signal.
 */
async function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`);
  const ended = new AbortController();
  const limit = new AbortController();
  try {
    return await Promise.race([
      work(limit.signal),
      delay(ANSWER_WITHIN_MS, undefined, { signal: ended.signal }).then(() => {
        limit.abort(late);
        throw late;
      }),
    ]);
  } finally {
    ended.abort();
  }
}

/**
 * A configured store without public addresses is the operator's choice. PUBLIC_URL has no effect on
 * such a store.
 */
function hostedFinding(isDefault: boolean): Finding {
  const text = 'are uploaded to the marketplace, 50 MB and some types at most';
  if (!isDefault) return ok(ABOUT, text);
  return warning(
    ABOUT,
    `${text}, since PUBLIC_URL is not set`,
    'Set PUBLIC_URL, so that the ingestor serves files of any size and type, without uploads that use the API budget',
  );
}

async function openedFinding(url: string, written: string, place: StorePlace): Promise<Finding> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await response.text();
    if (response.ok && text === written) return ok(ABOUT, 'can be opened from outside');
    return problem(
      ABOUT,
      `cannot be opened from outside: ${new URL(url).origin} answered ${response.status}`,
      place.whenNotOpened,
    );
  } catch (error) {
    return problem(ABOUT, `cannot be opened from outside: ${describeError(error)}`, place.whenNotOpened);
  }
}

async function removedFinding(store: ArtifactStore, place: StorePlace): Promise<Finding[]> {
  try {
    await inTime(() => store.removeOrder(PROBE));
    return [];
  } catch (error) {
    const text = `cannot be removed from ${place.where} when their order is forgotten: ${describeError(error)}`;
    return [warning(ABOUT, text, place.whenNotWritten)];
  }
}
