import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import type { StoredFile } from '../api/files/store.ts';
import type { Agent, Bounty, Order, Service } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import type { FileFolder, SavedFile } from './saved-files.ts';

/**
 * The parts of the sandbox that survive a restart. Faults, limits, habits and the history of calls
 * do not.
 */
export interface SavedState {
  version: typeof VERSION;
  agents: Agent[];
  services: Service[];
  bounties: Bounty[];
  orders: Order[];
  files: SavedFile[];
  /** The picture of each preview. */
  previews: [id: string, url: string][];
  /** The lead of the marketplace's clock over the real time, in ms. */
  aheadMs: number;
}

/** The previous version: it contained the files' bytes, and no previews. */
interface StateWithFiles extends Omit<SavedState, 'version' | 'files' | 'previews'> {
  version: 1;
  files: [name: string, file: StoredFile][];
}

const VERSION = 2;

/** Captures the state, and writes new files into the folder. */
export function captureState({ market, files, previews }: Sandbox, folder: FileFolder): SavedState {
  const { directory, bounties, orders, clock } = market;
  return {
    version: VERSION,
    agents: [...directory.agents.values()],
    services: [...directory.services.values()],
    bounties: bounties.all(),
    orders: [...orders.values()],
    files: folder.save(files),
    previews: previews.all(),
    aheadMs: clock.aheadMs,
  };
}

/**
 * Replaces the marketplace with the saved one. Throws an Error that names the file if the file is
 * unreadable.
 */
export function restoreState({ market, files, previews }: Sandbox, file: string, folder: FileFolder): void {
  const { saved, stored } = readState(file, folder);
  const { directory, bounties, orders, clock } = market;
  market.reset();
  for (const agent of saved.agents) directory.agents.set(agent.id, agent);
  for (const service of saved.services) directory.services.set(service.id, service);
  for (const order of saved.orders) orders.set(order.id, order);
  for (const bounty of saved.bounties) bounties.put(bounty);
  for (const [name, content] of stored) files.putAt(name, content);
  if (saved.version === VERSION) for (const [id, url] of saved.previews) previews.put(id, url);
  clock.advance(saved.aheadMs);
}

function readState(
  file: string,
  folder: FileFolder,
): { saved: SavedState | StateWithFiles; stored: [name: string, file: StoredFile][] } {
  try {
    const saved = deserialize(readFileSync(file)) as SavedState | StateWithFiles;
    switch (saved.version) {
      case 1:
        return { saved, stored: saved.files };
      case VERSION:
        return { saved, stored: saved.files.map((entry) => [entry.name, folder.read(entry)]) };
      default:
        throw new Error('it has an unknown version');
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The sandbox's state ${file} cannot be read (${reason}). Remove the file to start from scratch.`;
    throw new Error(message, { cause });
  }
}
