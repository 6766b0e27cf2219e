export { acquireChromium, CHROMIUM_FLAGS } from './browser.ts';
export { freePort } from './ports.ts';
export { ProcessGroup } from './processes/process-group.ts';
export { type RunningProcess, startProcess } from './processes/start-process.ts';
export { acquireRedis, isRedisAlive, requireRedisProgram } from './redis.ts';
export { temporaryFolder } from './system/temporary-folder.ts';
export { waitFor } from './wait-for.ts';
