// Runs in its own thread beside the main thread. Kills the process when the main thread's counter
// does not move for this many of this thread's own seconds. Seconds in which the whole process was
// frozen, or the machine slept, do not count. It is plain JavaScript, because a thread that reads
// TypeScript takes 10 MB more.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { counter, stuckAfterMs } = workerData;
const beats = new Int32Array(counter);

watch({ beat: -1, missed: 0 });

/**
 * Looks each second whether the main thread's counter has moved since the last look.
 * @param {Record<'beat' | 'missed', number>} last
 */
function watch(last) {
  const beat = Atomics.load(beats, 0);
  const missed = beat === last.beat ? last.missed + 1 : 0;
  if (missed * 1000 >= stuckAfterMs) endProcess();
  setTimeout(watch, 1000, { beat, missed });
}

function endProcess() {
  const line = { level: 60, time: Date.now(), msg: 'the event loop is blocked: ending the process' };
  // A thread's own output goes through the main thread, which is blocked.
  writeSync(2, `${JSON.stringify(line)}\n`);
  process.kill(process.pid, 'SIGKILL');
}
