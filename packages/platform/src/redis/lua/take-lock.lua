-- Takes a lock, unless another process holds it. Returns the time, or nothing.
local lock = KEYS[1]
local token = ARGV[1]
local ms = ARGV[2]

-- include includes/now.lua
if not redis.call('SET', lock, token, 'PX', ms, 'NX') then return false end
return now
