import { randomUUID } from 'node:crypto';
import { access, link, mkdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Product, productSchema } from '@fulfillment/shared';
import { z } from 'zod';
import { DiskError } from '../errors.ts';
import { orderFolder } from '../stores/local-disk.ts';
import { fileIn } from './spool.ts';

/**
 * What a handler made of a round, kept whole on this machine's disk until the artifact store has it: a store that is down, or a process
 * that stops, has nothing made again. A round's folder holds its files as a spool does, and the manifest, which is written last.
 */
const madeSchema = z.object({
  handler: z.string(),
  /** How often an operator had asked for the round when it was made. */
  attempt: z.number(),
  /** When it was made, in ms since the epoch. */
  madeAt: z.number(),
  /** Keys the names of its artifacts, so that storing them again stores nothing twice. */
  secret: z.string(),
  /** Why an operator must review it, found while it was made. */
  reviewReason: z.string().optional(),
  /** `isHere`: its artifact lies in this folder; else it is a URL, or in the store already. */
  parts: z.array(z.object({ product: productSchema, isHere: z.boolean() })).min(1),
});
export type Made = z.infer<typeof madeSchema>;

const MANIFEST = 'made.json';
const NOT_THERE = ['ENOENT', 'ENOTDIR'];

/** Below the folder of artifacts, where nothing is served. */
function orderOf(artifactsDir: string, orderId: string): string {
  return path.join(artifactsDir, '.made', orderFolder(orderId));
}

/** Tells a folder of artifacts from those of other machines; workers that share one give the same. */
export async function folderId(artifactsDir: string): Promise<string> {
  const file = path.join(artifactsDir, '.made', 'id');
  const mine = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(mine, randomUUID());
    // The first one stays, and is never seen half written.
    await link(mine, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(mine);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DiskError(error);
  }
}

/** The folder of what a draft of a round made. */
export function madeFolder(artifactsDir: string, orderId: string, round: string, draft: number): string {
  return path.join(orderOf(artifactsDir, orderId), `${round}-${draft}`);
}

/** Makes sure that a folder takes files, before anything that costs is put into it. @throws DiskError when it does not. */
export async function mustTakeFiles(folder: string): Promise<void> {
  // Another worker may be at the same round, after a stall.
  const probe = path.join(folder, `probe.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, Buffer.alloc(4096, 1));
    await rm(probe, { force: true });
  } catch (error) {
    throw new DiskError(error);
  }
}

/**
 * Writes down that all of a round was made.
 * @param products what was made; artifacts that lie in the folder are still to be stored. @throws DiskError
 */
export async function keepMade(
  folder: string,
  { products, ...made }: Omit<Made, 'parts'> & { products: readonly Product[] },
): Promise<Made> {
  const parts = await Promise.all(
    products.map(async (product) => ({ product, isHere: await isHere(folder, product) })),
  );
  const whole: Made = { ...made, parts };
  const partial = path.join(folder, `${MANIFEST}.${randomUUID()}.part`);
  try {
    await writeFile(partial, JSON.stringify(whole));
    await rename(partial, path.join(folder, MANIFEST));
  } catch (error) {
    throw new DiskError(error);
  }
  return whole;
}

/** What was made of a round and is not recorded yet; null: nothing, no longer all of it, or of a version that wrote it otherwise. */
export async function findMade(folder: string): Promise<Made | null> {
  let text: string;
  try {
    text = await readFile(path.join(folder, MANIFEST), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.includes(String(error.code))) return null;
    throw error;
  }
  const made = madeIn(text);
  if (made === null) return null;
  const stillHere = await Promise.all(made.parts.map((part) => !part.isHere || isHere(folder, part.product)));
  return stillHere.every(Boolean) ? made : null;
}

/** A manifest that cannot be read would hold up its round for ever: it counts as none. */
function madeIn(text: string): Made | null {
  try {
    return madeSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Removes a folder of what was made, once that is recorded. @param made what is known to lie there. */
export async function clearMade(folder: string, made: Made): Promise<void> {
  const files = made.parts.flatMap(({ product: { artifact }, isHere }) =>
    isHere && artifact !== undefined ? [fileIn(folder, artifact)] : [],
  );
  try {
    // To go through the folder costs several times as much.
    await Promise.all([path.join(folder, MANIFEST), ...files].map((file) => unlink(file)));
    await rmdir(folder);
  } catch {
    // Another try left something there.
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes all that is kept of what was made for an order: it is forgotten. */
export async function removeMade(artifactsDir: string, orderId: string): Promise<void> {
  await rm(orderOf(artifactsDir, orderId), { recursive: true, force: true });
}

async function isHere(folder: string, { artifact }: Product): Promise<boolean> {
  if (artifact === undefined) return false;
  return access(fileIn(folder, artifact)).then(
    () => true,
    () => false,
  );
}
