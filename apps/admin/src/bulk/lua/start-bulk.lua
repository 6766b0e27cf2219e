-- Starts a planned bulk action once. The mark of the start and the entry for the runner are one
-- step, so that a started action always runs. Returns 1, or 0 if the action is forgotten or was
-- started before.
local run = KEYS[1]
local todo = KEYS[2]
local active = KEYS[3]
local started = KEYS[4]
local id = ARGV[1]
local now = ARGV[2] -- in ms
local keep_seconds = ARGV[3]

if redis.call('HGET', run, 'state') ~= 'planned' then return 0 end
redis.call('HSET', run, 'state', 'running', 'startedAt', now)
redis.call('EXPIRE', run, keep_seconds)
redis.call('EXPIRE', todo, keep_seconds)
redis.call('SADD', active, id)
redis.call('ZADD', started, now, id)
redis.call('ZREMRANGEBYSCORE', started, '-inf', now - keep_seconds * 1000)
return 1
