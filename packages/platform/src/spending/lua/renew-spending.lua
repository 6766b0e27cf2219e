-- Extends the lease of a reservation. Returns 1, or 0 if there is no reservation.
local reserved = KEYS[1]
local id = ARGV[1]
local lease_ms = tonumber(ARGV[2])

-- include ../../redis/lua/includes/now.lua
-- include includes/reservations.lua
local amount, _, spent = reservation(reserved, id)
if amount == nil then return 0 end
store(reserved, id, amount, now + lease_ms, spent)
return 1
