-- Removes changes that were projected, unless the order has changed again meanwhile. Returns how
-- many changes were removed, and announces the number on the channel. ARGV: alternating members and
-- versions.
local feed = KEYS[1]
local channel = KEYS[2]

local cleared = 0
for place = 1, #ARGV, 2 do
  local version = redis.call('ZSCORE', feed, ARGV[place])
  if version and string.format('%.0f', version) == ARGV[place + 1] then
    cleared = cleared + redis.call('ZREM', feed, ARGV[place])
  end
end
if cleared > 0 then redis.call('PUBLISH', channel, cleared) end
return cleared
