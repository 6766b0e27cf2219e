import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The long run of the properties (`FUZZ_RUNS=100000`) exceeds a test's normal timeout. Every
 * property runs at least this often a second.
 */
const FUZZ_RUNS_A_SECOND = 20;
const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 0);

/**
 * The tests of these packages keep no state in modules, and so may share one set of modules. That
 * saves the time to load them for each file.
 */
const STATELESS = '{apps/*,packages/{alerts,artifacts,atelier-sdk,handlers,ledger,shared}}/src/**/*.test.ts';

/** The file that takes longest begins before the others, and so does not run alone at the end. */
const LONGEST = 'tests/src/chaos.test.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(LONGEST);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/**
 * Unit tests are beside the source and run side by side. Each system test in `tests/` starts many
 * processes. The system tests therefore run two files at a time, after the unit tests.
 */
export default defineConfig({
  test: {
    globalSetup: ['packages/devtools/src/vitest-global-setup.ts'],
    // The tests mostly wait for Redis, processes and timers. Four workers keep two cores busy.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 45_000 + (fuzzRuns / FUZZ_RUNS_A_SECOND) * 1000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,packages}/*/src/**/*.test.ts'],
          exclude: [STATELESS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stateless',
          include: [STATELESS],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['tests/src/**/*.test.ts'],
          // `pnpm long` runs these.
          exclude: ['tests/src/**/*.long.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
