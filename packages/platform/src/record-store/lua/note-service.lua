-- Stores the order's service in its record. A record that was forgotten meanwhile is not recreated.
-- Returns the record after the change.
local record = KEYS[1]
local service = ARGV[1] -- JSON

-- include ../../redis/lua/includes/now.lua
-- include includes/loaded.lua
if redis.call('HEXISTS', record, 'agentId') == 1 then redis.call('HSET', record, 'service', service) end
return loaded()
