-- Checks that Redis takes writes, stores Redis' time, and detects whether its clock stepped back
-- since the last probe of any process. After a step, every order with a later reconcile becomes due
-- that much earlier, because the previous clock set its time.
-- Returns {1 if there was a stored time, by how many ms the clock stepped back}.
local stored_clock = KEYS[1]
local open = KEYS[2]

-- A clock that stepped back this far is not noise.
local STEP_MS = 5000

-- include includes/now.lua
local noted = redis.call('GET', stored_clock)
redis.call('SET', stored_clock, string.format('%.0f', now))
local back = (tonumber(noted or '0') or 0) - now
if back < STEP_MS then return {noted and 1 or 0, 0} end
local later = redis.call('ZRANGE', open, string.format('(%.0f', now), '+inf', 'BYSCORE', 'WITHSCORES')
for i = 1, #later, 2 do
  local due = math.max(now, tonumber(later[i + 1]) - back)
  redis.call('ZADD', open, 'XX', string.format('%.0f', due), later[i])
end
return {1, back}
