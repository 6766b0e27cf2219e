/** The times of a child, in ms. Tests shorten them. */
export interface Timings {
  /** How long a child may take to load the configuration. */
  start: number;
  /** How often a child that runs a call is asked whether its event loop turns. */
  ping: number;
  /** How long a call may go on after its signal was aborted. Programs get 5 s to end. */
  abort: number;
  /** How long a child that gets no more calls may finish what a handler left running. */
  retire: number;
}

export const TIMINGS: Timings = { start: 30_000, ping: 1000, abort: 8000, retire: 5000 };
