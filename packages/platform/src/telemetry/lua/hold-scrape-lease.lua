-- Takes or renews the lease, unless another process holds it. Returns 1 or 0.
local lease = KEYS[1]
local process_id = ARGV[1]
local ms = ARGV[2]

local holder = redis.call('GET', lease)
if holder and holder ~= process_id then return 0 end
redis.call('SET', lease, process_id, 'PX', ms)
return 1
