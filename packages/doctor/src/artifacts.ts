import path from 'node:path';
import type { ArtifactStore } from '@fulfillment/handlers';
import { type BaseSettings, describeError } from '@fulfillment/platform';
import { type Finding, ok, problem, warning } from './finding.ts';

const ABOUT = 'artifacts';
const PROBE = 'order-of-the-doctor';
const ANSWER_WITHIN_MS = 10_000;

/** Whether a file can be kept, and opened from outside as a buyer would. */
export async function checkArtifacts(
  { ARTIFACTS_DIR }: Pick<BaseSettings, 'ARTIFACTS_DIR'>,
  store: ArtifactStore,
): Promise<Finding[]> {
  const written = new Date().toISOString();
  try {
    const probe = {
      orderId: PROBE,
      round: '0',
      body: written,
      contentType: 'text/plain',
      fileName: 'probe.txt',
    };
    const artifact = await store.put(probe);
    const url = await store.publicUrl(artifact);
    const kept = ok(ABOUT, `can be kept in ${path.resolve(ARTIFACTS_DIR)}`);
    return [kept, url === null ? hosted() : await publicFinding(url, written)];
  } catch (error) {
    const text = `cannot be kept in ${path.resolve(ARTIFACTS_DIR)}: ${describeError(error)}`;
    return [problem(ABOUT, text, 'Make the folder writable, or set ARTIFACTS_DIR to another one')];
  } finally {
    // A folder that takes no file has none to remove.
    await store.removeOrder(PROBE).catch(() => undefined);
  }
}

function hosted(): Finding {
  return warning(
    ABOUT,
    'are uploaded to the marketplace, 50 MiB and some types at most, since PUBLIC_URL is not set',
    'Set PUBLIC_URL, so that the ingestor serves files of any size and type; uploads count against the API budget',
  );
}

async function publicFinding(url: string, written: string): Promise<Finding> {
  const advice =
    'Start the ingestor; see that PUBLIC_URL leads to it, and that it has the same ARTIFACTS_DIR';
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await response.text();
    if (response.ok && text === written) return ok(ABOUT, 'can be opened from outside');
    return problem(
      ABOUT,
      `cannot be opened from outside: ${new URL(url).origin} answered ${response.status}`,
      advice,
    );
  } catch (error) {
    return problem(ABOUT, `cannot be opened from outside: ${describeError(error)}`, advice);
  }
}
