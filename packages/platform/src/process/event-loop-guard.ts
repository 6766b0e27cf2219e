// Runs in its own thread beside the main thread. Kills the process when the main thread's counter
// does not move for this many of this thread's own seconds. Seconds in which the whole process was
// frozen, or the machine slept, do not count.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { counter, stuckAfterMs }: { counter: SharedArrayBuffer; stuckAfterMs: number } = workerData;
const beats = new Int32Array(counter);
let last = -1;
let missed = 0;

setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === last ? missed + 1 : 0;
  last = now;
  if (missed * 1000 < stuckAfterMs) return;
  const line = { level: 60, time: Date.now(), msg: 'the event loop stands still: ending the process' };
  // A thread's own output goes through the main thread, which is blocked.
  writeSync(2, `${JSON.stringify(line)}\n`);
  process.kill(process.pid, 'SIGKILL');
}, 1000);
