import { type Redis, ReplyError } from 'ioredis';

/** What a Redis server says of itself. */
export interface RedisServerState {
  version: string;
  /** In bytes. */
  usedMemory: number;
  /** The limit in bytes. Null: none is set. */
  maxMemory: number | null;
  /** Whether it keeps an append-only file. */
  hasLog: boolean;
  /** Whether its last snapshot or its last write of the append-only file failed. */
  hasFailedToSave: boolean;
}

/** The state of the server. Null: the user may not run INFO. */
export async function readServerState(redis: Redis): Promise<RedisServerState | null> {
  let info: string;
  try {
    info = await redis.info();
  } catch (error) {
    if (error instanceof ReplyError) return null;
    throw error;
  }
  const fields = new Map(
    info.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
  const maxMemory = Number(fields.get('maxmemory') ?? 0);
  return {
    version: fields.get('redis_version') ?? 'unknown',
    usedMemory: Number(fields.get('used_memory') ?? 0),
    maxMemory: maxMemory > 0 ? maxMemory : null,
    hasLog: fields.get('aof_enabled') === '1',
    hasFailedToSave: [fields.get('rdb_last_bgsave_status'), fields.get('aof_last_write_status')].includes(
      'err',
    ),
  };
}
