import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Product, productSchema } from '@fulfillment/shared';
import { z } from 'zod';
import { DiskError } from '../errors.ts';
import { folderName } from '../names/folder-name.ts';
import { stagedFile } from './staging.ts';

/**
 * A handler's output for a round, staged whole on this machine's disk until the artifact store has
 * it. If the store is down, or the process stops, the output is kept and not regenerated. A draft's
 * folder holds its files (see `Staging`) and the manifest, which is written last.
 */
const stagedOutputSchema = z.object({
  handler: z.string(),
  /** How often an operator had retried the round when the output was generated. */
  attempt: z.number(),
  /** When the output was generated, in ms since the epoch. */
  madeAt: z.number(),
  /** Keys the names of its artifacts, so that storing them again creates no duplicates. */
  secret: z.string(),
  /** Why an operator must review the output, as found during generation. */
  reviewReason: z.string().optional(),
  /** `isHere`: its artifact is in this folder. Otherwise it is a URL, or in the store already. */
  parts: z.array(z.object({ product: productSchema, isHere: z.boolean() })).min(1),
});
export type StagedOutput = z.infer<typeof stagedOutputSchema>;

/** Below the folder of artifacts. Its name begins with a dot, so that nothing in it is served. */
const STAGING_FOLDER = '.made';
const MANIFEST = 'made.json';
const NOT_THERE = ['ENOENT', 'ENOTDIR'];

function orderOf(artifactsDir: string, orderId: string): string {
  return path.join(artifactsDir, STAGING_FOLDER, folderName(orderId));
}

/**
 * Distinguishes a folder of artifacts from the folders of other machines. Workers that share one
 * folder get the same id.
 */
export async function folderId(artifactsDir: string): Promise<string> {
  const file = path.join(artifactsDir, STAGING_FOLDER, 'id');
  const mine = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(mine, randomUUID());
    // The first id stays, and is never visible half written.
    await link(mine, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(mine);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DiskError(error);
  }
}

/** A version of a round's output. */
export interface DraftRef {
  orderId: string;
  round: string;
  draft: number;
}

/** The folder of a draft's output. */
export function stagingFolder(artifactsDir: string, { orderId, round, draft }: DraftRef): string {
  return path.join(orderOf(artifactsDir, orderId), `${round}-${draft}`);
}

/** Below the folder of artifacts. Holds the uploads of operators. Nothing in it is served. */
const BY_HAND_FOLDER = '.by-hand';

function byHandOrder(artifactsDir: string, orderId: string): string {
  return path.join(artifactsDir, BY_HAND_FOLDER, folderName(orderId));
}

/**
 * The folder of an operator's upload. A worker reads it only if the record names the upload, so an
 * upload without its fact is never delivered.
 */
export function byHandFolder(artifactsDir: string, orderId: string, uploadId: string): string {
  return path.join(byHandOrder(artifactsDir, orderId), folderName(uploadId));
}

/**
 * Removes uploads that broke off, because the process that received them was killed.
 * @param before removes only uploads that last got a file before this time, in ms since the epoch.
 */
export async function removeBrokenUploads(artifactsDir: string, before: number): Promise<void> {
  const all = path.join(artifactsDir, BY_HAND_FOLDER);
  for (const orderId of (await ifThere(readdir(all))) ?? []) {
    const ofOrder = path.join(all, orderId);
    for (const upload of (await ifThere(readdir(ofOrder))) ?? []) {
      const folder = path.join(ofOrder, upload);
      // A worker may remove the folder meanwhile.
      const state = await ifThere(stat(folder));
      if (state === null || state.mtimeMs >= before || (await findStagedOutput(folder)) !== null) continue;
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/**
 * Writes the manifest, which says that the output of a round is complete.
 * @param products the output. Artifacts in the folder are not stored yet.
 * @throws DiskError
 */
export async function writeManifest(
  folder: string,
  { products, ...output }: Omit<StagedOutput, 'parts'> & { products: readonly Product[] },
): Promise<StagedOutput> {
  const parts = await Promise.all(
    products.map(async (product) => ({ product, isHere: await isHere(folder, product) })),
  );
  const whole: StagedOutput = { ...output, parts };
  const partial = path.join(folder, `${MANIFEST}.${randomUUID()}.part`);
  try {
    // The folder exists if the output has a file.
    if (!parts.some(({ isHere }) => isHere)) await mkdir(folder, { recursive: true });
    await writeFile(partial, JSON.stringify(whole));
    await rename(partial, path.join(folder, MANIFEST));
  } catch (error) {
    throw new DiskError(error);
  }
  return whole;
}

/**
 * The output of a round that is not recorded yet. Null if there is none, if part of it is missing,
 * or if another version wrote it in another format.
 */
export async function findStagedOutput(folder: string): Promise<StagedOutput | null> {
  const text = await ifThere(readFile(path.join(folder, MANIFEST), 'utf8'));
  const output = text === null ? null : parseManifest(text);
  if (output === null) return null;
  const stillHere = await Promise.all(
    output.parts.map((part) => !part.isHere || isHere(folder, part.product)),
  );
  return stillHere.every(Boolean) ? output : null;
}

/** The result of an access to a file or a folder. Null: it does not exist. */
async function ifThere<T>(access: Promise<T>): Promise<T | null> {
  try {
    return await access;
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.includes(String(error.code))) return null;
    throw error;
  }
}

/** A manifest that cannot be read would hold up its round forever, so it counts as absent. */
function parseManifest(text: string): StagedOutput | null {
  try {
    return stagedOutputSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Removes a folder of staged output, once the output is recorded.
 * @param output the known content of the folder.
 */
export async function removeStagedOutput(folder: string, output: StagedOutput): Promise<void> {
  const files = output.parts.flatMap(({ product: { artifact }, isHere }) =>
    isHere && artifact !== undefined ? [stagedFile(folder, artifact)] : [],
  );
  try {
    // To list the folder would cost several times as much.
    await Promise.all([path.join(folder, MANIFEST), ...files].map((file) => unlink(file)));
    await rmdir(folder);
  } catch {
    // Another attempt left a file there.
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes all staged output of an order that is forgotten, and all uploads by hand. */
export async function removeStagedOrder(artifactsDir: string, orderId: string): Promise<void> {
  await rm(orderOf(artifactsDir, orderId), { recursive: true, force: true });
  await rm(byHandOrder(artifactsDir, orderId), { recursive: true, force: true });
}

/**
 * Staged files are not flushed. A loss of power can leave a shorter file behind, which counts as
 * missing: buyers must not get half of their order.
 */
async function isHere(folder: string, { artifact }: Product): Promise<boolean> {
  if (artifact === undefined) return false;
  return stat(stagedFile(folder, artifact)).then(
    ({ size }) => size === artifact.bytes,
    () => false,
  );
}
