import { afterAll, beforeAll, describe, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { Stage } from './scenarios/scenario.ts';

describe.concurrent('an order', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ env: { HANDLER_ISOLATION: 'process', HANDLER_MEMORY_MB: '512' } });
  }, 60_000);
  afterAll(() => system?.close(), 60_000);

  test.for(SCENARIOS)('$name', { timeout: 60_000 }, async ({ run }) => {
    const stage = new Stage(system);
    try {
      await run(stage);
    } finally {
      await stage.end();
    }
  });
});
