-- Writes the facts of a thread that was just read, and the time of the read.
-- Returns the record after the change.
local record = KEYS[1]
local orders = KEYS[2]
local open = KEYS[3]
local agent_id = ARGV[1]
local order_id = ARGV[2]
local member = ARGV[3]
local is_hint = ARGV[4] == '1'
local first_place = tonumber(ARGV[5])
local FACTS = 6 -- ARGV from this place on: facts, in pairs of key and JSON.

-- include ../../redis/lua/includes/now.lua
-- include includes/loaded.lua
-- include includes/append.lua
redis.call('HSET', record, 'threadReadAt', string.format('%.0f', now))
return loaded()
