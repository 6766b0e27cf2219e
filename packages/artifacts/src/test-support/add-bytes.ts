import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Artifact } from '@fulfillment/shared';
import type { Body } from '../outputs/output.ts';
import { Staging, stagedFile } from '../staging/staging.ts';
import type { ArtifactStore } from '../stores/artifact-store.ts';

/** A file of a test. */
export interface TestFile {
  orderId: string;
  round: string;
  body: Body;
  contentType: string;
  fileName?: string;
  /** Default: a secret of its own. */
  secret?: string;
  signal?: AbortSignal;
}

/** Stages a file in a folder of its own and adds it to a store, as a worker does. */
export async function addBytes(store: ArtifactStore, file: TestFile): Promise<Artifact> {
  const { orderId, round, secret = randomUUID(), signal = new AbortController().signal, ...input } = file;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'staged-'));
  try {
    const staging = new Staging({ folder, orderId, round, secret, maxBytes: store.maxBytes });
    const artifact = await staging.add({ ...input, signal });
    await store.add(stagedFile(folder, artifact), artifact, signal);
    return artifact;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
