-- The marketplace accepted a call of the row, so its refusals in a row end.
local budget = KEYS[1]
local given_now = tonumber(ARGV[1]) -- In ms. Nil: Redis' own clock.
local window = tonumber(ARGV[2]) -- In ms.
local row = ARGV[3] -- The call's row in the table of limits.
local earns = ARGV[4] == '1' -- The call earns money.

-- include includes/budget.lua
return redis.call('HDEL', budget, 'refused:' .. row, 'refused_since:' .. row, 'refusals:' .. row, 'probe:' .. row)
