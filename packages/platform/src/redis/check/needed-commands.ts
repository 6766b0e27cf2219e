/**
 * Every command that our scripts, BullMQ's scripts and our processes send, each with arguments that
 * Redis accepts. They are queued in a transaction and discarded, so none of them takes effect.
 */
export function neededCommands(prefix: string): readonly (readonly [string, ...string[]])[] {
  const key = `${prefix}:probe`;
  const other = `${prefix}:probe:2`;
  return [
    ['ping'],
    ['time'],
    ['eval', 'return 1', '1', key],
    ['evalsha', '0'.repeat(40), '1', key],
    ['publish', `${prefix}:changes`, ''],

    ['del', key],
    ['unlink', key],
    ['exists', key],
    ['type', key],
    ['rename', key, other],
    ['persist', key],
    ['pexpire', key, '1000'],
    ['pexpireat', key, '1000'],
    ['pttl', key],
    ['scan', '0'],

    ['get', key],
    ['set', key, '1'],
    ['incr', key],
    ['incrby', key, '1'],
    ['incrbyfloat', key, '1'],

    ['hdel', key, 'f'],
    ['hexists', key, 'f'],
    ['hget', key, 'f'],
    ['hgetall', key],
    ['hincrby', key, 'f', '1'],
    ['hkeys', key],
    ['hlen', key],
    ['hmget', key, 'f'],
    ['hmset', key, 'f', '1'],
    ['hset', key, 'f', '1'],
    ['hsetnx', key, 'f', '1'],

    ['lindex', key, '0'],
    ['llen', key],
    ['lpop', key],
    ['lpos', key, 'x'],
    ['lpush', key, 'x'],
    ['lrange', key, '0', '1'],
    ['lrem', key, '0', 'x'],
    ['lset', key, '0', 'x'],
    ['ltrim', key, '0', '1'],
    ['rpop', key],
    ['rpoplpush', key, key],
    ['rpush', key, 'x'],

    ['sadd', key, 'x'],
    ['scard', key],
    ['sismember', key, 'x'],
    ['smembers', key],
    ['srandmember', key],
    ['srem', key, 'x'],

    ['xadd', key, '*', 'f', '1'],
    ['xdel', key, '1-1'],
    ['xlen', key],
    ['xrange', key, '-', '+'],
    ['xrevrange', key, '+', '-'],
    ['xread', 'STREAMS', key, '0'],
    ['xtrim', key, 'MAXLEN', '0'],

    ['bzpopmin', key, '1'],
    ['zadd', key, '1', 'x'],
    ['zcard', key],
    ['zcount', key, '0', '1'],
    ['zlexcount', key, '-', '+'],
    ['zpopmin', key],
    ['zrange', key, '0', '1'],
    ['zrangebylex', key, '-', '+'],
    ['zrangebyscore', key, '0', '1'],
    ['zrem', key, 'x'],
    ['zremrangebyrank', key, '0', '1'],
    ['zremrangebyscore', key, '0', '1'],
    ['zrevrange', key, '0', '1'],
    ['zrevrangebyscore', key, '1', '0'],
    ['zscan', key, '0'],
    ['zscore', key, 'x'],
  ];
}
