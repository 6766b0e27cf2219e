-- Extends a lock only if it is still ours, and sets the mark of the write that the lock covers. One
-- script does both, so that no write leaves without its mark. Returns 1 or 0.
local lock = KEYS[1]
local record = KEYS[2]
local token = ARGV[1]
local ms = ARGV[2]
local field = ARGV[3]
local value = ARGV[4]

if redis.call('GET', lock) ~= token then return 0 end
redis.call('PEXPIRE', lock, ms)
redis.call('HSET', record, field, value)
return 1
