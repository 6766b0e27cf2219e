-- Deletes the note of a queue that is not paused. The check and the deletion are one step, so that
-- a pause in between keeps its note. Returns 1 or 0.
local notes = KEYS[1]
local queue_meta = KEYS[2] -- BullMQ sets its field `paused`.
local queue = ARGV[1]

if redis.call('HEXISTS', queue_meta, 'paused') == 1 then return 0 end
return redis.call('HDEL', notes, queue)
