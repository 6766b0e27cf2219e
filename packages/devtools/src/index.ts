export { acquireChromium, CHROMIUM_FLAGS } from './browser.ts';
export { freePort } from './ports.ts';
export { ProcessGroup } from './processes/process-group.ts';
export { describeExit, type Exit, type RunningProcess, startProcess } from './processes/start-process.ts';
export { acquireRedis, requireRedisProgram } from './redis.ts';
export { isRedisAlive } from './redis-answer.ts';
export { readOptions } from './system/read-options.ts';
export { temporaryFolder } from './system/temporary-folder.ts';
export { waitFor } from './wait-for.ts';
