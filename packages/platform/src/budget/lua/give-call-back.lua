-- Gives back an admitted call that does not go. Returns 1, or 0 if a window began since.
local budget = KEYS[1]
local given_now = tonumber(ARGV[1]) -- In ms. Nil: Redis' own clock.
local window = tonumber(ARGV[2]) -- In ms.
local row = ARGV[3] -- The call's row in the table of limits.
local earns = ARGV[4] == '1' -- The call earns money.

-- include includes/budget.lua
redis.call('HDEL', budget, 'probe:' .. row)
return give_back() and 1 or 0
