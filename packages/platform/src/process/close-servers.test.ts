import { afterAll, expect, test } from 'vitest';
import { openRuntime } from '../test-support/runtime.ts';
import { gate } from '../test-support/scratch.ts';

const app = await openRuntime();
afterAll(() => app[Symbol.asyncDispose]());

test('a request and a hook that never end do not keep a process from its end', async () => {
  const begun = gate();
  const address = await app.runtime.listen(0, async (server) => {
    // Like a command to a Redis that is away.
    server.addHook('preClose', () => new Promise<void>(() => undefined));
    server.get('/slow', () => {
      begun.open();
      return new Promise(() => undefined);
    });
  });
  const asked = fetch(`${address}/slow`);
  await begun.opened;
  await Promise.all([expect(asked).rejects.toThrow(), app.runtime.close()]);
});
