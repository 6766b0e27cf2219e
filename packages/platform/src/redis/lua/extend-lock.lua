-- Extends a lock only if it is still ours. Returns 1 or 0.
local lock = KEYS[1]
local token = ARGV[1]
local ms = ARGV[2]

if redis.call('GET', lock) ~= token then return 0 end
redis.call('PEXPIRE', lock, ms)
return 1
