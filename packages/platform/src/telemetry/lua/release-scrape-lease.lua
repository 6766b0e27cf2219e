-- Releases the lease only if it is still ours.
local lease = KEYS[1]
local process_id = ARGV[1]

if redis.call('GET', lease) == process_id then redis.call('DEL', lease) end
return 1
