-- Takes the lease of a step that writes to the marketplace, unless another process holds it.
-- Returns {1, the time, the fields and values of the order's record}, or {0, the holder, for how
-- many ms the holder has the lease}.
local record = KEYS[1]
local lease = KEYS[2]
local token = ARGV[1]
local ms = ARGV[2]

-- include ../../redis/lua/includes/now.lua
-- include ../../record-store/lua/includes/loaded.lua
if redis.call('SET', lease, token, 'PX', ms, 'NX') then
  local stored = loaded()
  return {1, stored[1], stored[2]}
end
return {0, redis.call('GET', lease), redis.call('PTTL', lease)}
