-- Stores the result of an evaluation, if no other evaluation came between. One script stores the
-- alerts and their messages, so that none is lost or sent twice. Returns 1 or 0.
local alerts = KEYS[1]
local outbox = KEYS[2]
local before = ARGV[1] -- The text that the evaluation began with. Empty: there was none.
local after = ARGV[2]
local messages = cjson.decode(ARGV[3]) -- Pairs of id and JSON.

if (redis.call('GET', alerts) or '') ~= before then return 0 end
redis.call('SET', alerts, after)
for _, pair in ipairs(messages) do redis.call('HSETNX', outbox, pair[1], pair[2]) end
return 1
