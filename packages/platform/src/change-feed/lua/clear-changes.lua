-- Removes changes that were projected, unless the order has changed again meanwhile. Returns how
-- many changes were removed, and announces the number on the channel.
local feed = KEYS[1]
local channel = KEYS[2]
local changes = ARGV -- Alternating members and versions.

local cleared = 0
for place = 1, #changes, 2 do
  local version = redis.call('ZSCORE', feed, changes[place])
  if version and string.format('%.0f', version) == changes[place + 1] then
    cleared = cleared + redis.call('ZREM', feed, changes[place])
  end
end
if cleared > 0 then redis.call('PUBLISH', channel, cleared) end
return cleared
