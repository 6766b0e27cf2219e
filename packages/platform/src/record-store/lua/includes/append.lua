-- Creates a new record if needed, notes a hint, and writes the facts.
-- include create-record.lua
-- include write-facts.lua
if is_hint then
  redis.call('HINCRBY', record, 'hints', 1)
  redis.call('HSET', record, 'hintedAt', string.format('%.0f', now))
  redis.call('ZADD', open, now, member)
end
local added = write_facts(FACTS, first_place)
