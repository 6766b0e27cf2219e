-- Reserves the likely cost of a try, so that tries in several processes cannot overspend a limit
-- together. Returns {'reserved' | 'spent' | 'wait', spent today, reserved by others}.
--
-- A try reserves the cost of the dearest try so far, and at least the estimate. Without either, the
-- try reserves the rest of the day's limit. The dearest cost never lowers the estimate: a cheap
-- first try would allow dear tries to begin in parallel. A try that is alone begins even if it may
-- exceed the limit. Otherwise a limit below the price of one try would stop the handler for good.
local spent_today = KEYS[1]
local reserved = KEYS[2]
local dearest_cost = KEYS[3]
local id = ARGV[1]
local limit = tonumber(ARGV[2]) -- Of the day.
local estimate = tonumber(ARGV[3]) -- Nil: no estimate.
local lease_ms = tonumber(ARGV[4])
local keep_ms = tonumber(ARGV[5]) -- How long the reservations stay.

-- include ../../redis/lua/includes/now.lua
-- include includes/reservations.lua
local spent = tonumber(redis.call('GET', spent_today) or '0')
if spent >= limit then return {'spent', text(spent), '0'} end
local others, count = 0, 0
for _, other in ipairs(redis.call('HKEYS', reserved)) do
  local amount, until_ms, other_spent = reservation(reserved, other)
  if amount == nil or until_ms <= now then
    redis.call('HDEL', reserved, other)
  elseif other ~= id then
    others = others + amount
    -- A free quote does not keep a try from being alone.
    if amount > 0 or other_spent > 0 then count = count + 1 end
  end
end
local dearest = tonumber(redis.call('GET', dearest_cost) or '') or 0
local amount = math.max(dearest, estimate or 0)
if dearest == 0 and estimate == nil then amount = limit - spent end
if amount > 0 and count > 0 and spent + others + amount > limit then return {'wait', text(spent), text(others)} end
store(reserved, id, amount, now + lease_ms, 0)
redis.call('PEXPIRE', reserved, keep_ms)
return {'reserved', text(spent), text(others)}
