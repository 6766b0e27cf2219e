-- Extends a lock only if it is still ours. Returns the time, or nothing.
local lock = KEYS[1]
local token = ARGV[1]
local ms = ARGV[2]

-- include includes/now.lua
if redis.call('GET', lock) ~= token then return false end
redis.call('PEXPIRE', lock, ms)
return now
