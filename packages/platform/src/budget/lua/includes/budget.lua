-- Shared by all scripts for the API budget. Redis keeps one hash for each egress address, and only
-- these scripts change it. They read times from Redis' clock and return only durations, so that
-- nobody compares two clocks.
local now = given_now
if now == nil then
  local clock = redis.call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end
local function text(number) return string.format('%.0f', number) end
local function read(field) return tonumber(redis.call('HGET', budget, field) or '0') end
local ends = earns and row == 'deliver'

-- Subtracts a call that this window counted and that did not go. False if no call is counted.
local function give_back()
  if read('used') == 0 then return false end
  redis.call('HINCRBY', budget, 'used', -1)
  if earns and read('earning') > 0 then redis.call('HINCRBY', budget, 'earning', -1) end
  if ends and read('ends') > 0 then redis.call('HINCRBY', budget, 'ends', -1) end
  return true
end

-- Since when calls of the row have been refused without one that was accepted. 0: they are not
-- refused.
local function refused_since()
  local since = read('refused_since:' .. row)
  return now < read('refused:' .. row) + window and since or 0
end
