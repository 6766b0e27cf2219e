-- Replaces a field of a record unless it changed meanwhile. An empty value removes the field.
-- Returns 1 or 0.
local record = KEYS[1]
local field = ARGV[1]
local before = ARGV[2]
local after = ARGV[3]

if (redis.call('HGET', record, field) or '') ~= before then return 0 end
if after == '' then redis.call('HDEL', record, field) else redis.call('HSET', record, field, after) end
return 1
