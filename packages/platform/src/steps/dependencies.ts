import type { Runtime } from '../process/runtime.ts';

/** The parts of the runtime that running a step needs. */
export type StepDependencies = Pick<
  Runtime,
  | 'keys'
  | 'marketplace'
  | 'openWrites'
  | 'policy'
  | 'queues'
  | 'readLag'
  | 'redis'
  | 'reconciler'
  | 'settings'
  | 'store'
>;
