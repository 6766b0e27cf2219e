-- Records a refused call, and gives the call back, unless a window began since. The time in a
-- refusal is a minimum. Waits grow while refusals go on, but no wait is longer than a window.
-- Returns {ms to wait, ms since the first refusal in a row}.
local budget = KEYS[1]
local given_now = tonumber(ARGV[1]) -- In ms. Nil: Redis' own clock.
local window = tonumber(ARGV[2]) -- In ms.
local row = ARGV[3] -- The call's row in the table of limits.
local earns = ARGV[4] == '1' -- The call earns money.
local named = tonumber(ARGV[5]) -- For how many ms the refusal forbids calls of the row.
-- These ms end with the marketplace's window: this end is more exact than an estimate from our
-- first call.
local ends_window = ARGV[6] == '1'

-- A refusal names the end of the window in whole seconds, rounded up.
local ROUNDING_MS = 1000
-- The shortest wait after a refusal, in ms. The wait doubles with each refusal in a row, up to a
-- part of a window: five minutes of an hour.
local SHORTEST_MS = 1000
local LONGEST_FLOOR = 1 / 12

-- include includes/budget.lua
if give_back() and ends_window and named > 0 and named <= window then
  local over = now + named
  redis.call('HSET', budget, 'start', text(over - ROUNDING_MS - window), 'over', text(over), 'edge', 0)
end
local since, count = refused_since(), read('refusals:' .. row)
if since == 0 then since, count = now, 0 end
-- Calls that were on their way together are refused together: that is one refusal.
if now >= read('refused:' .. row) then count = count + 1 end
local floor = math.min(SHORTEST_MS * 2 ^ math.min(count - 1, 20), window * LONGEST_FLOOR)
local wait = math.min(math.max(named, floor), window)
redis.call('HSET', budget, 'refused:' .. row, text(now + wait), 'refused_since:' .. row, text(since), 'refusals:' .. row, count)
redis.call('HDEL', budget, 'probe:' .. row)
return {math.ceil(wait), math.floor(now - since)}
