import { createReadStream } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { QUEUE_NAMES } from '@fulfillment/shared';
import { AGENTS } from '../../harness/agents.ts';
import { type Forgery, MARKER } from '../disturbances/forgeries.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Place } from './evidence.ts';
import { inTurn } from './in-turn.ts';

/** A text that must not be found anywhere. */
export interface Needle {
  what: string;
  text: string;
}

/** The agents' keys and the secrets of their webhooks. */
export function secretsOf(webhookSecrets: Readonly<Record<string, string>>): Needle[] {
  return [
    ...AGENTS.map(({ name, apiKey }) => ({ what: `the key of ${name}`, text: apiKey })),
    ...Object.entries(webhookSecrets).map(([name, text]) => ({
      what: `the webhook secret of ${name}`,
      text,
    })),
  ];
}

/** The traces of an accepted forged webhook: its text, or the hash of its bytes. */
export function tracesOf(forgeries: readonly Forgery[]): Needle[] {
  const hashes = forgeries.flatMap(({ way, fingerprint }) =>
    fingerprint === null ? [] : [{ what: `forged webhook (${way})`, text: fingerprint }],
  );
  return [{ what: 'forged text', text: MARKER }, ...hashes];
}

export function needlesIn(text: string, needles: readonly Needle[]): string[] {
  return needles.filter((needle) => text.includes(needle.text)).map(({ what }) => what);
}

/**
 * Searches the output of each member as it arrives: a process may print more than the supervisor
 * keeps.
 */
export class LogWatch {
  needles: readonly Needle[] = [];
  readonly #found = new Map<string, Set<string>>();

  line(member: string, text: string): void {
    const found = this.#found.get(member) ?? new Set();
    this.#found.set(member, found);
    for (const what of needlesIn(text, this.needles)) found.add(what);
  }

  places(): Place[] {
    return [...this.#found].map(([member, found]) => ({
      name: `the log of ${member}`,
      status: 200,
      found: [...found],
    }));
  }
}

/**
 * Searches everything except the logs: Redis and its files, the ledger, every page, the board of
 * every queue, the metrics of every member.
 */
export async function lookAround(
  fleet: Fleet,
  orders: readonly { agentId: string; orderId: string }[],
  needles: readonly Needle[],
): Promise<Place[]> {
  const admin = fleet.members.find(({ app }) => app === 'admin')?.url ?? '';
  const pages = [
    ...(await listPages(admin)),
    ...orders.map(({ agentId, orderId }) => `${admin}/orders/${agentId}/${orderId}`),
    ...(await boardPages(admin)),
    ...fleet.members.map(({ url }) => `${url}/metrics`),
  ];
  const looked = await inTurn(pages, async (url): Promise<Place> => {
    const { status, text } = await opened(url);
    return { name: url, status, found: needlesIn(text, needles) };
  });
  const redis = { name: 'Redis', status: 200, found: needlesIn(await fleet.view.everything(), needles) };
  return [...looked, redis, ...(await filesOf(fleet.redisFolder, needles))];
}

/**
 * The board fails when a job disappears during a read, as finished canaries do. A person opens the
 * page again, and so do we.
 */
const OPENED_AT_MOST = 3;

async function opened(url: string): Promise<{ status: number; text: string }> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(url);
    const page = { status: answer.status, text: await answer.text() };
    if (page.status < 500 || tries === OPENED_AT_MOST) return page;
  }
}

/** The judge reads every page of the lists, and of a queue's jobs in each state. */
const PAGE_SIZE = 50;

const OTHER_PAGES = ['/', '/system', '/bulk', '/money?span=all', '/money/payouts.csv?span=all'];

/** Every page of the list of orders, the files that it exports, and the pages without a list. */
async function listPages(admin: string): Promise<string[]> {
  const exported = await (await fetch(`${admin}/orders/export.jsonl`)).text();
  const count = exported.trim().split('\n').length;
  const lists = Array.from(
    { length: Math.max(1, Math.ceil(count / PAGE_SIZE)) },
    (_, index) => `/orders?page=${index + 1}`,
  );
  return [...OTHER_PAGES, '/orders/export.jsonl', '/orders/export.csv', ...lists].map(
    (path) => `${admin}${path}`,
  );
}

const BOARD_STATES = ['active', 'waiting', 'prioritized', 'delayed', 'completed', 'failed'];

async function boardPages(admin: string): Promise<string[]> {
  const pages = await Promise.all(
    QUEUE_NAMES.map(async (queue) => {
      const api = `${admin}/queues/api/queues?activeQueue=${queue}&jobsPerPage=${PAGE_SIZE}`;
      const latest = `${api}&page=1&status=latest`;
      const { status, text } = await opened(latest);
      // The judge checks it with the other pages, and reports its status.
      if (status !== 200) return [latest];
      const { queues } = JSON.parse(text) as { queues: { name: string; counts: Record<string, number> }[] };
      const counts = queues.find(({ name }) => name === queue)?.counts ?? {};
      return BOARD_STATES.flatMap((state) =>
        Array.from(
          { length: Math.max(1, Math.ceil((counts[state] ?? 0) / PAGE_SIZE)) },
          (_, index) => `${api}&status=${state}&page=${index + 1}`,
        ),
      );
    }),
  );
  return pages.flat();
}

/** The files that every write of Redis goes to, and the files of a ledger on SQLite. */
const WRITTEN_FILES = ['appendonlydir/*.aof', 'ledger/*'];

async function filesOf(folder: string, needles: readonly Needle[]): Promise<Place[]> {
  const places: Place[] = [];
  for await (const file of glob(WRITTEN_FILES, { cwd: folder }))
    places.push({ name: file, status: 200, found: await inFile(path.join(folder, file), needles) });
  const hasRedis = places.some(({ name }) => name.endsWith('.aof'));
  return hasRedis ? places : [...places, { name: "Redis' append-only file", status: 404, found: [] }];
}

async function inFile(file: string, needles: readonly Needle[]): Promise<string[]> {
  const longest = Math.max(...needles.map(({ text }) => text.length));
  const found = new Set<string>();
  let rest = '';
  for await (const chunk of createReadStream(file, 'latin1')) {
    const text = rest + chunk;
    for (const what of needlesIn(text, needles)) found.add(what);
    rest = text.slice(-longest);
  }
  return [...found];
}
