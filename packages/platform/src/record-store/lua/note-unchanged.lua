-- Notes that a list shows an order as it is stored. Returns 1. Returns 0 and changes nothing if
-- the order was stored again since the caller read it.
local record = KEYS[1]
local services = KEYS[2] -- The services of the agent.
local asked_at = ARGV[1] -- In ms.
local stored_at = ARGV[2] -- When the caller saw the order stored, in ms.
local service_id = ARGV[3] -- Empty: unknown.

if redis.call('HGET', record, 'observedAt') ~= stored_at then return 0 end
if tonumber(asked_at) < tonumber(stored_at) then return 0 end
redis.call('HSET', record, 'observedAt', asked_at)
-- A decision on this snapshot stays one, so that a sweep need not repeat it.
if redis.call('HGET', record, 'settledSnapshot') == stored_at then
  redis.call('HSET', record, 'settledSnapshot', asked_at)
end
local service = service_id ~= '' and redis.call('HGET', services, service_id)
if service then redis.call('HSET', record, 'service', service) end
return 1
