-- Ends a reservation, and learns the cost of a try. Returns 1, or 0 if there is no reservation.
--
-- A try without a reported cost does not predict the cost of others: its handler may have declined,
-- or found the work in a cache. A try without a result only raises the dearest cost, since it may
-- have stopped halfway.
local reserved = KEYS[1]
local dearest_cost = KEYS[2]
local id = ARGV[1]
local has_result = ARGV[2] == '1'
local keep_ms = ARGV[3] -- How long the dearest cost stays.

-- include includes/reservations.lua
local amount, _, spent = reservation(reserved, id)
if amount == nil then return 0 end
redis.call('HDEL', reserved, id)
if spent == 0 then return 1 end
local dearest = tonumber(redis.call('GET', dearest_cost) or '') or 0
if dearest == 0 and not has_result then return 1 end
if spent >= dearest then redis.call('SET', dearest_cost, text(spent), 'PX', keep_ms) end
return 1
