-- Fails if Redis takes no writes. The script has two keys, because a Cluster node rejects a script
-- whose keys are in different slots.
local key = KEYS[1]
local other_key = KEYS[2]

redis.call('SET', key, '1', 'PX', 1000)
redis.call('DEL', key, other_key)
return 1
