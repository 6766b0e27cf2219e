-- Adds a cost to the day. Spent money leaves the reservation of its try.
local spent_today = KEYS[1]
local reserved = KEYS[2]
local id = ARGV[1]
local cost = ARGV[2]
local keep_ms = ARGV[3] -- How long the sum of the day stays.

-- include includes/reservations.lua
redis.call('INCRBYFLOAT', spent_today, cost)
redis.call('PEXPIRE', spent_today, keep_ms)
local amount, until_ms, spent = reservation(reserved, id)
if amount ~= nil then
  store(reserved, id, math.max(0, amount - tonumber(cost)), until_ms, spent + tonumber(cost))
end
return 1
