import { defineConfig } from 'vitest/config';

/** The long proofs: `pnpm long`. They take minutes, and are run before a release. */
export default defineConfig({
  test: {
    globalSetup: ['packages/devtools/src/vitest-global-setup.ts'],
    include: ['tests/src/**/*.long.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // Each file runs a whole system, and waits for it.
    fileParallelism: false,
  },
});
