-- Stores the result of a decision, and since when each of its attentions is open. Marks the order
-- in the change feed if its record has changed since the last decision. Returns 1, or 0 if the
-- decision is older than the stored one.
--
-- A hint that came meanwhile keeps the order open and due. A decision from an older record than the
-- last one's is left out, because concurrent reconciles may end in any order. Facts are counted
-- only within one millisecond: another version may know fewer kinds of them.
local record = KEYS[1]
local open = KEYS[2]
local attention = KEYS[3]
local finished = KEYS[4]
local feed = KEYS[5]
local member = ARGV[1]
local hints_settled = tonumber(ARGV[2])
local look_again_at = ARGV[3] -- In ms. Empty: the order is finished.
local open_attentions = ARGV[4] -- JSON: pairs of a key and the attention's JSON.
local summary = ARGV[5] -- JSON
-- The record that the decision comes from:
local loaded_at = ARGV[6] -- In ms.
local fact_count = ARGV[7]
local observed_at = ARGV[8] -- When its snapshot was asked for, in ms.
local is_fed = ARGV[9] == '1' -- Whether the change feed holds the subject.

-- include ../../redis/lua/includes/now.lua
-- include includes/is-past.lua
-- include includes/attention-times.lua
-- include includes/mark-change.lua
local before = redis.call('HMGET', record,
  'settledAt', 'settledFacts', 'settledSnapshot', 'settledWritten', 'written', 'summary')
local written = before[5] or '0'
local function is_outdated()
  local function last(i) return tonumber(before[i] or '0') end
  if not is_past(last(1)) then return false end
  local loaded, known, snapshot = tonumber(loaded_at), tonumber(fact_count), tonumber(observed_at)
  return loaded < last(1) or (loaded == last(1) and (known < last(2) or snapshot < last(3)))
end

if is_outdated() then return 0 end
local has_changed = before[3] ~= observed_at or before[4] ~= written or before[6] ~= summary
if is_fed and has_changed then mark_change(feed, member) end
redis.call('HSET', record, 'settledAt', loaded_at, 'settledFacts', fact_count,
  'settledSnapshot', observed_at, 'settledWritten', written)
redis.call('HSET', record, 'summary', summary)
if tonumber(redis.call('HGET', record, 'hints') or '0') > hints_settled then
  redis.call('ZADD', open, now, member)
elseif look_again_at == '' then
  redis.call('ZREM', open, member)
else
  redis.call('ZADD', open, look_again_at, member)
end
if redis.call('ZSCORE', open, member) then
  redis.call('ZREM', finished, member)
else
  redis.call('ZADD', finished, 'NX', now, member)
end
note_attentions(record, open_attentions)
if open_attentions == '[]' then
  redis.call('ZREM', attention, member)
else
  redis.call('ZADD', attention, 'NX', now, member)
end
return 1
