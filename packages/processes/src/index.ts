export {
  type App,
  addressOf,
  folderOf,
  NODE_OPTIONS,
  onPortsFrom,
  PRODUCT_APPS,
  SANDBOX,
} from './apps/apps.ts';
export { selectApps } from './apps/select-apps.ts';
export { createLineShower } from './apps/show-lines.ts';
export { ProcessGroup } from './children/process-group.ts';
export {
  describeExit,
  type Exit,
  type ProcessOptions,
  type RunningProcess,
  startProcess,
} from './children/start-process.ts';
export { Tail } from './children/tail.ts';
export { collect, createCommand, EXIT_USAGE, runCommand } from './command-line/command.ts';
export { isInterrupted, onInterrupt } from './interrupts/interrupts.ts';
export { waitFor } from './wait-for.ts';
export { temporaryFolder } from './watchdog/temporary-folder.ts';
export { guard } from './watchdog/watchdog.ts';
export { ROOT, tool, toolEnvironment } from './workspace.ts';
