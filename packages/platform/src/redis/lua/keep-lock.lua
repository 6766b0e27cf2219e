-- Makes a lock outlive its holder, unless another process holds the lock by now. Returns 1 or 0.
local lock = KEYS[1]
local token = ARGV[1]
local kept = ARGV[2]
local ms = ARGV[3]

local holder = redis.call('GET', lock)
if holder and holder ~= token then return 0 end
redis.call('SET', lock, kept, 'PX', ms)
return 1
