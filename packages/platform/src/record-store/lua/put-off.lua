-- Puts off subjects that are due at the given time. A subject that became due at another time
-- meanwhile stays as it is. Returns how many were put off.
local open = KEYS[1]
local due_at = tonumber(ARGV[1]) -- In ms.
local FIRST = 2 -- ARGV from this place on: pairs of a member and its new time in ms.

local count = 0
for i = FIRST, #ARGV, 2 do
  if tonumber(redis.call('ZSCORE', open, ARGV[i]) or '-1') == due_at then
    redis.call('ZADD', open, ARGV[i + 1], ARGV[i])
    count = count + 1
  end
end
return count
