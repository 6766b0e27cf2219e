-- Marks an order in the change feed, from which the ledger reads it. The version is the time in
-- microseconds, so a later change of the order has another one.
local function mark_change(feed, member)
  redis.call('ZADD', feed, string.format('%.0f', clock[1] * 1000000 + clock[2]), member)
end
