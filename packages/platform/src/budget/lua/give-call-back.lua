-- Gives back an admitted call that does not go. Returns 1, or 0 if no window counts it any more.
local budget = KEYS[1]
local given_now = tonumber(ARGV[1]) -- In ms. Nil: Redis' own clock.
local window = tonumber(ARGV[2]) -- In ms.
local row = ARGV[3] -- The call's row in the table of limits.
local earns = ARGV[4] == '1' -- The call earns money.
local counted_in = tonumber(ARGV[5]) -- The number of the window that the call counted in.
local edge_at = tonumber(ARGV[6]) -- The beginning of the edge that the call counted in. 0: none.

-- include includes/budget.lua
redis.call('HDEL', budget, 'probe:' .. row)
local number = read('windows')
if number == counted_in then
  -- The next window no longer begins with this call.
  if edge_at > 0 and edge_at == read('edge_at') and read('edge') > 0 then
    redis.call('HINCRBY', budget, 'edge', -1)
  end
  return give_back() and 1 or 0
end
local is_carried = number == counted_in + 1 and edge_at > 0 and edge_at == read('start')
if not is_carried or read('used') == 0 then return 0 end
redis.call('HINCRBY', budget, 'used', -1)
return 1
