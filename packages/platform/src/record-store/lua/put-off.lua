-- Puts off subjects that are due at the given time. A subject that became due at another time
-- meanwhile stays as it is. Returns how many were put off.
local open = KEYS[1]
local due_at = tonumber(ARGV[1]) -- In ms.
local put_off = cjson.decode(ARGV[2]) -- JSON: pairs of a member and its new time in ms.

local count = 0
for _, pair in ipairs(put_off) do
  local member, time = pair[1], pair[2]
  if tonumber(redis.call('ZSCORE', open, member) or '-1') == due_at then
    redis.call('ZADD', open, string.format('%.0f', time), member)
    count = count + 1
  end
end
return count
