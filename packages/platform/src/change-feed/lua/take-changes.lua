-- Returns the oldest changes, as alternating members and versions. Versions are times in
-- microseconds. An order that changed just now may change again at once, so it is left for later.
local feed = KEYS[1]
local limit = ARGV[1]
local rest_us = tonumber(ARGV[2]) -- How long an order must have rested, in microseconds.
-- A change that is further ahead of the clock than this was marked before a step back of the clock.
local CLOCK_STEP_US = 5000000

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local until_us = string.format('%.0f', now - rest_us)
local changes = redis.call('ZRANGE', feed, '-inf', until_us, 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
if #changes == 0 then
  -- Redis' clock has stepped back since these changes were marked.
  local ahead_us = string.format('%.0f', now + CLOCK_STEP_US)
  changes = redis.call('ZRANGE', feed, ahead_us, '+inf', 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
end
for place = 2, #changes, 2 do changes[place] = string.format('%.0f', changes[place]) end
return changes
