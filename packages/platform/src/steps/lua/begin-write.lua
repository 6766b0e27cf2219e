-- Begins a write to the marketplace: extends the lease of its step, marks the write as open, and
-- writes its intent. One script does all, so that no write leaves without its mark and its intent.
-- Returns the record after the change, or nothing if the lease is another process's.
local record = KEYS[1]
local orders = KEYS[2]
local open = KEYS[3]
local lease = KEYS[4]
local token = ARGV[1]
local ms = ARGV[2]
local mark = ARGV[3] -- The field of the mark.
local id = ARGV[4] -- Of this write.
local agent_id = ARGV[5]
local order_id = ARGV[6]
local member = ARGV[7]
local is_hint = ARGV[8] == '1'
local first_place = tonumber(ARGV[9])
local FACTS = 10 -- ARGV from this place on: facts, in pairs of key and JSON.

if redis.call('GET', lease) ~= token then return false end
-- include ../../redis/lua/includes/now.lua
-- include ../../record-store/lua/includes/loaded.lua
redis.call('PEXPIRE', lease, ms)
redis.call('HSET', record, mark, string.format('{"id":"%s","begunAt":%.0f,"absentAt":null}', id, now))
-- include ../../record-store/lua/includes/append.lua
return loaded()
