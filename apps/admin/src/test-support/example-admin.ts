import { AGENTS, type ExampleOrder, exampleShop, writeRecords } from '@fulfillment/example-shop';
import { startTestAdmin, type TestAdmin } from './admin.ts';

/** The admin of a shop with 300 orders of three agents. */
export interface ExampleAdmin extends TestAdmin {
  orders: readonly ExampleOrder[];
}

/** Starts the admin of the example shop, with every order in Redis and in the ledger. */
export async function startExampleAdmin(env: Record<string, string> = {}): Promise<ExampleAdmin> {
  const admin = await startTestAdmin(env);
  const { redis, keys, policy, store, registry } = admin.runtime;
  const orders = exampleShop(300, await store.now());
  await writeRecords({ redis, keys, policy }, orders);
  await admin.project();
  for (const { id, name } of AGENTS) await registry.noteServed(name, id, []);
  return { ...admin, orders };
}
