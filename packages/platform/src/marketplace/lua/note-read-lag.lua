-- Keeps the longest lag. Returns 1 if the lag grew, else 0.
local longest_lag = KEYS[1]
local lag = tonumber(ARGV[1])
local remembered_ms = ARGV[2]

local before = tonumber(redis.call('GET', longest_lag) or '0')
redis.call('SET', longest_lag, string.format('%.0f', math.max(before, lag)), 'PX', remembered_ms)
return lag > before and 1 or 0
