import { setTimeout as delay } from 'node:timers/promises';
import { markAll, startProjector } from '@fulfillment/ledger';
import { type LedgerTools, withLedger } from './with-ledger.ts';

const LOOK_MS = 500;
/** Without progress for this long, the command reports the trouble and ends, in ms. */
const PATIENCE_MS = 30_000;

/**
 * Writes every record into the ledger again, here or in a running admin.
 * @returns the exit status.
 */
export function rebuildLedger(): Promise<number> {
  return withLedger(async (tools) => {
    await tools.ledger.migrate();
    const marked = await markAll(tools.ledger, tools.feed);
    console.log(`${marked} orders to write.`);
    const projector = startProjector(tools, tools);
    try {
      return await waitForLedger(tools);
    } finally {
      await projector.stop();
    }
  });
}

/** Waits until the ledger has read the marked orders. Later changes of the orders do not count. */
async function waitForLedger({ feed }: Pick<LedgerTools, 'feed'>): Promise<number> {
  const begunAt = performance.now();
  let least = Infinity;
  let progressAt = begunAt;
  for (;;) {
    const { pending, lagMs, trouble } = await feed.state();
    const now = performance.now();
    if (pending === 0 || lagMs < now - begunAt - LOOK_MS) break;
    if (pending < least) progressAt = now;
    least = Math.min(least, pending);
    if (now - progressAt > PATIENCE_MS) {
      console.error(`${pending} orders are not written. ${trouble ?? 'No process writes the ledger.'}`);
      return 1;
    }
    await delay(LOOK_MS);
  }
  console.log('The ledger has every record.');
  return 0;
}
