-- include is-past.lua
-- include create-record.lua
-- include write-facts.lua

-- A snapshot asked for before the stored one is older, and is not stored. A change makes the order
-- due for a reconcile. A process that dies before it asks for the reconcile has then not lost the
-- change. Returns 1 if the snapshot is new in status or revision, else 0.
local function observe()
  write_facts(FACTS, first_place)
  if is_read then redis.call('HINCRBY', record, 'reads', 1) end
  local seen = tonumber(redis.call('HGET', record, 'observedAt') or '0')
  if tonumber(asked_at) < seen and is_past(seen) then return 0 end
  redis.call('HSET', record, 'observedAt', asked_at, 'snapshot', snapshot)
  if hints_answered ~= '' then
    local answered = tonumber(redis.call('HGET', record, 'hintsAnswered') or '0')
    if tonumber(hints_answered) > answered then redis.call('HSET', record, 'hintsAnswered', hints_answered) end
  end
  local service = service_id ~= '' and redis.call('HGET', services, service_id)
  if service then redis.call('HSET', record, 'service', service) end
  local before = redis.call('HGET', record, 'status')
  if before == status then return 0 end
  redis.call('HSET', record, 'status', status)
  redis.call('ZADD', open, now, member)
  if before then redis.call('PUBLISH', changes, member) end
  return 1
end
