import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import type { StoredFile } from '../api/files/store.ts';
import type { Agent, Bounty, Order, Service } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';

/** What outlives a restart: the marketplace itself. Faults, limits, habits and the history of calls begin anew. */
interface Saved {
  version: typeof VERSION;
  agents: Agent[];
  services: Service[];
  bounties: Bounty[];
  orders: Order[];
  files: [name: string, file: StoredFile][];
  /** How far the marketplace's clock is ahead, in ms. */
  aheadMs: number;
}

/** Raised when an older file can no longer be read. */
const VERSION = 1;
/** Calls that come together are saved together. */
const SAVE_AFTER_MS = 100;

/**
 * Has the marketplace begin as a file left it, and keeps the file up to date: soon after each call that may have changed something,
 * and at the end.
 * @throws Error when the file cannot be read.
 */
export function keepState(server: FastifyInstance, sandbox: Sandbox, file: string): void {
  if (existsSync(file)) restore(sandbox, read(file));
  let timer: NodeJS.Timeout | null = null;
  const save = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    write(file, savedOf(sandbox));
  };
  server.addHook('onResponse', async () => {
    timer ??= setTimeout(save, SAVE_AFTER_MS);
  });
  server.addHook('onClose', async () => save());
}

function savedOf({ market, files }: Sandbox): Saved {
  const { directory, bounties, orders, clock } = market;
  return {
    version: VERSION,
    agents: [...directory.agents.values()],
    services: [...directory.services.values()],
    bounties: bounties.all(),
    orders: [...orders.values()],
    files: files.all(),
    aheadMs: clock.aheadMs,
  };
}

function restore({ market, files }: Sandbox, saved: Saved): void {
  const { directory, bounties, orders, clock } = market;
  market.reset();
  for (const agent of saved.agents) directory.agents.set(agent.id, agent);
  for (const service of saved.services) directory.services.set(service.id, service);
  for (const order of saved.orders) orders.set(order.id, order);
  for (const bounty of saved.bounties) bounties.put(bounty);
  for (const [name, stored] of saved.files) files.putAt(name, stored);
  clock.advance(saved.aheadMs);
}

function read(file: string): Saved {
  try {
    const saved = deserialize(readFileSync(file)) as Saved;
    if (saved.version === VERSION) return saved;
    throw new Error(`it is of version ${saved.version}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The sandbox's state ${file} cannot be read (${reason}). Remove the file to begin anew.`);
  }
}

/** A reader never sees half a file. */
function write(file: string, saved: Saved): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, serialize(saved));
  renameSync(`${file}.new`, file);
}
