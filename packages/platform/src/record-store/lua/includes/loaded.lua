-- The answer of a script that loads a record: the time, and the record's fields and values.
local function loaded() return {string.format('%.0f', now), redis.call('HGETALL', record)} end
