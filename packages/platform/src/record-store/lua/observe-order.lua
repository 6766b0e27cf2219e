-- Stores the snapshot of an order. Returns 1 if its status or revision changed, else 0.
local record = KEYS[1]
local orders = KEYS[2]
local open = KEYS[3]
local changes = KEYS[4] -- The channel of changes.
local services = KEYS[5] -- The services of the agent.
local agent_id = ARGV[1]
local order_id = ARGV[2]
local member = ARGV[3]
local asked_at = ARGV[4] -- In ms.
local hints_answered = ARGV[5] -- Empty: unknown.
local snapshot = ARGV[6] -- JSON
local service_id = ARGV[7] -- Empty: unknown.
local status = ARGV[8] -- With the revision: `in_progress:0`.
local is_read = ARGV[9] == '1' -- Otherwise a list showed the order.
local first_place = tonumber(ARGV[10])
local FACTS = 11 -- ARGV from this place on: facts, in pairs of key and JSON.

-- include ../../redis/lua/includes/now.lua
-- include includes/observe.lua
return observe()
