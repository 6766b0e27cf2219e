import { afterAll, beforeAll, describe, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { type Scenario, Stage } from './scenarios/scenario.ts';

describe('an order', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ env: { HANDLER_ISOLATION: 'process', HANDLER_MEMORY_MB: '512' } });
  }, 60_000);
  afterAll(() => system?.close(), 60_000);

  const play = async ({ run }: Scenario) => {
    const stage = new Stage(system);
    try {
      await run(stage);
    } finally {
      await stage.end();
    }
  };
  test.for(SCENARIOS.filter(({ isAlone }) => isAlone))('$name', { timeout: 60_000 }, play);
  describe.concurrent('beside others', () => {
    test.for(SCENARIOS.filter(({ isAlone }) => !isAlone))('$name', { timeout: 60_000 }, play);
  });
});
