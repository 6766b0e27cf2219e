-- Removes the record of a finished order, and the lines that its handlers logged. An order that has
-- reopened, or waits for a human, is kept. While a ledger is registered, an order is also kept
-- until the ledger has read its last change.
-- Returns 1 if the record was removed, else 0.
local record = KEYS[1]
local orders = KEYS[2]
local open = KEYS[3]
local attention = KEYS[4]
local finished = KEYS[5]
local left_behind = KEYS[6]
local feed = KEYS[7]
local ledger = KEYS[8]
local handler_lines = KEYS[9]
local member = ARGV[1]

if redis.call('ZSCORE', open, member) or redis.call('ZSCORE', attention, member) then
  redis.call('ZREM', finished, member)
  return 0
end
if redis.call('ZSCORE', feed, member) and redis.call('EXISTS', ledger) == 1 then return 0 end
redis.call('DEL', record, handler_lines)
redis.call('ZREM', feed, member)
redis.call('ZREM', orders, member)
redis.call('ZREM', finished, member)
redis.call('SADD', left_behind, member)
return 1
