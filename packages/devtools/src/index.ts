export { acquireChromium, CHROMIUM_FLAGS } from './browser.ts';
export { freePort } from './ports.ts';
export { acquirePostgres } from './postgres.ts';
export { acquireRedis, requireRedisProgram } from './redis.ts';
export { isRedisAlive } from './redis-answer.ts';
