-- How far apart two deliveries of one event may be by our clock. Used for facts of versions that
-- had no time in the key.
local REPEAT_MS = 120000

-- Whether the fact of an event exists in the minute of the key or in an adjacent minute. Such keys
-- end in `:@<minute>` (see `factKey`). Keys of older versions have no minute.
local function was_heard(key)
  local event, minute = string.match(key, '^(.+):@(%d+)$')
  if not event then return false end
  for near = minute - 1, minute + 1 do
    local name = 'fact:' .. event .. ':@' .. string.format('%.0f', near)
    if redis.call('HEXISTS', record, name) == 1 then return true end
  end
  local older = redis.call('HGET', record, 'fact:' .. event)
  return older and now - tonumber(string.match(older, '^%d+') or '0') < REPEAT_MS
end

-- Writes the facts from ARGV[first] on, in pairs of key and JSON, as `<ms>.<place>|<JSON>`. An
-- existing fact stays unchanged. The place counts the written facts, so facts keep their order
-- within a millisecond and when Redis' clock steps back. Returns how many facts were new.
local function write_facts(first, first_place)
  local added = 0
  local stamp = string.format('%.0f', now) .. '.'
  for i = first, #ARGV, 2 do
    local name = 'fact:' .. ARGV[i]
    if not was_heard(ARGV[i]) and redis.call('HEXISTS', record, name) == 0 then
      local place = first_place + redis.call('HINCRBY', record, 'written', 1)
      redis.call('HSET', record, name, stamp .. string.format('%.0f', place) .. '|' .. ARGV[i + 1])
      added = added + 1
    end
  end
  return added
end
