import path from 'node:path';
import type { Stage } from '../stage.ts';

/** The folder of the programs for comparison. */
export const PEERS = path.join(import.meta.dirname, '../../peers');

/** A program that fulfils orders: the product, or a program for comparison. */
export interface Program extends AsyncDisposable {
  stage: Stage;
  /** Waits until the program knows this many orders, and has nothing to do. */
  untilIdle(orders: number): Promise<void>;
  /** The number of jobs ever added, including those that turned out to exist already. */
  jobs(): Promise<number>;
  /** Its processes besides those of the stage: those of its database. */
  databasePids: readonly number[];
}

/**
 * The work of each order besides its generation, its delivery and its message. A program for
 * comparison does the same work as the product did.
 */
export interface Work {
  /** Reads of the order. */
  reads: number;
  /** Reads of the order's thread. */
  threads: number;
  jobs: number;
}
