-- Amounts are texts in USD, because Redis has no decimals.
local function text(usd) return string.format('%.9f', usd) end

-- A reservation is stored as "amount|until|spent".
local function reservation(reserved, id)
  local value = redis.call('HGET', reserved, id)
  if not value then return nil end
  local amount, until_ms, spent = string.match(value, '^(.-)|(.-)|(.*)$')
  return tonumber(amount), tonumber(until_ms), tonumber(spent)
end

local function store(reserved, id, amount, until_ms, spent)
  redis.call('HSET', reserved, id, text(amount) .. '|' .. string.format('%.0f', until_ms) .. '|' .. text(spent))
end
