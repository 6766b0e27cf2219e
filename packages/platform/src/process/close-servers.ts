import type { FastifyInstance } from 'fastify';
import { settledWithin } from './settled-within.ts';

/** For how long a server may take to close after its connections are cut, in ms. */
const CUT_MS = 1000;

/**
 * Closes servers. A request that takes longer than `graceMs`, such as an upload, is cut off. If
 * something still waits then, such as a command to a Redis that is away, the process ends without
 * it.
 */
export async function closeServers(servers: readonly FastifyInstance[], graceMs: number): Promise<void> {
  const closing = Promise.all(servers.map((server) => server.close()));
  if (await settledWithin(closing, graceMs)) return;
  for (const { server } of servers) server.closeAllConnections();
  await settledWithin(closing, CUT_MS);
}
