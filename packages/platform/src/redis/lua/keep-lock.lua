-- Makes a lock outlive its holder, unless another process holds the lock by now. Returns 1 or 0.
local lock = KEYS[1]
local token = ARGV[1]
local kept = ARGV[2]
local ends_at = ARGV[3] -- By Redis' clock, in ms.

local holder = redis.call('GET', lock)
if holder and holder ~= token then return 0 end
redis.call('SET', lock, kept, 'PXAT', ends_at)
return 1
