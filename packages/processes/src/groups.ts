/**
 * Ends groups of processes. An entry point of its own, because the processes of handlers load as
 * little as possible.
 */
export { killMarked, MARK_VARIABLE } from './children/marked-processes.ts';
export { endGroupOnExit, signalGroup, untilGroupGone } from './children/process-groups.ts';
