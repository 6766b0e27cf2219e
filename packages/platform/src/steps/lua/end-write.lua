-- Ends a step that could write to the marketplace: writes its facts, removes the mark of its write,
-- and frees its lease. A mark or a lease of another process stays.
-- Returns the record after the change.
local record = KEYS[1]
local orders = KEYS[2]
local open = KEYS[3]
local lease = KEYS[4]
local token = ARGV[1]
local mark = ARGV[2] -- The field of the mark.
local marked = ARGV[3] -- The value of the mark. Empty: the step made no write.
local agent_id = ARGV[4]
local order_id = ARGV[5]
local member = ARGV[6]
local is_hint = ARGV[7] == '1'
local first_place = tonumber(ARGV[8])
local FACTS = 9 -- ARGV from this place on: facts, in pairs of key and JSON.

-- include ../../redis/lua/includes/now.lua
-- include ../../record-store/lua/includes/loaded.lua
if #ARGV >= FACTS then
-- include ../../record-store/lua/includes/append.lua
end
if marked ~= '' and redis.call('HGET', record, mark) == marked then redis.call('HDEL', record, mark) end
if redis.call('GET', lease) == token then redis.call('DEL', lease) end
return loaded()
