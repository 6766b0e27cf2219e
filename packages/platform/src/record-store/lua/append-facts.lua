-- Writes facts. A hint says that the order may have changed on the marketplace.
-- Returns how many facts were new.
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
-- include includes/append.lua
return added
