/**
 * The scripts for handlers' daily spending, so that tries in several processes cannot overspend a
 * limit together.
 */

/** Amounts are texts in USD, because Redis has no decimals. */
const COMMON = `
local function text(usd) return string.format('%.9f', usd) end
local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
-- A reservation is kept as "amount|until|spent".
local function reservation(reserved, id)
  local value = redis.call('HGET', reserved, id)
  if not value then return nil end
  local amount, until_ms, spent = string.match(value, '^(.-)|(.-)|(.*)$')
  return tonumber(amount), tonumber(until_ms), tonumber(spent)
end
local function keep(reserved, id, amount, until_ms, spent)
  redis.call('HSET', reserved, id, text(amount) .. '|' .. string.format('%.0f', until_ms) .. '|' .. text(spent))
end
`;

/**
 * KEYS: spent today, reservations, dearest. ARGV: id, limit of the day, estimate (or nothing),
 * lease in ms, how long keys live in ms. Returns ['reserved' | 'spent' | 'wait', spent today,
 * reserved by others].
 *
 * A try reserves the cost of the dearest try so far, and at least the estimate. Without either, the
 * try reserves the rest of the day's limit. The dearest cost never lowers the estimate: a cheap
 * first try would allow dear tries to begin in parallel. A try that is alone begins even if it may
 * exceed the limit. Otherwise a limit below the price of one try would stop the handler for good.
 */
export const RESERVE = `${COMMON}
local spent_key, reserved, dearest_key = KEYS[1], KEYS[2], KEYS[3]
local id, limit, estimate = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, lives = tonumber(ARGV[4]), tonumber(ARGV[5])
local spent = tonumber(redis.call('GET', spent_key) or '0')
if spent >= limit then return {'spent', text(spent), '0'} end
local now, others, count = now_ms(), 0, 0
for _, other in ipairs(redis.call('HKEYS', reserved)) do
  local amount, until_ms, other_spent = reservation(reserved, other)
  if amount == nil or until_ms <= now then
    redis.call('HDEL', reserved, other)
  elseif other ~= id then
    others = others + amount
    -- A free quote does not keep a try from being alone.
    if amount > 0 or other_spent > 0 then count = count + 1 end
  end
end
local dearest = tonumber(redis.call('GET', dearest_key) or '') or 0
local amount = math.max(dearest, estimate or 0)
if dearest == 0 and estimate == nil then amount = limit - spent end
if amount > 0 and count > 0 and spent + others + amount > limit then return {'wait', text(spent), text(others)} end
keep(reserved, id, amount, now + lease, 0)
redis.call('PEXPIRE', reserved, lives)
return {'reserved', text(spent), text(others)}
`;

/** KEYS: reservations. ARGV: id, lease in ms. */
export const RENEW = `${COMMON}
local amount, _, spent = reservation(KEYS[1], ARGV[1])
if amount == nil then return 0 end
keep(KEYS[1], ARGV[1], amount, now_ms() + tonumber(ARGV[2]), spent)
return 1
`;

/**
 * KEYS: spent today, reservations. ARGV: id, cost, how long the sum lives in ms. Spent money leaves
 * the reservation.
 */
export const SPEND = `${COMMON}
local cost = tonumber(ARGV[2])
redis.call('INCRBYFLOAT', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local amount, until_ms, spent = reservation(KEYS[2], ARGV[1])
if amount ~= nil then keep(KEYS[2], ARGV[1], math.max(0, amount - cost), until_ms, spent + cost) end
return 1
`;

/**
 * KEYS: reservations, dearest. ARGV: id, 1 if the try gave a result, how long the dearest lives in
 * ms. A try without a reported cost does not predict the cost of others: its handler may have
 * refused, or found the work in a cache. A try without a result only raises the dearest cost, since
 * it may have stopped halfway.
 */
export const SETTLE = `${COMMON}
local amount, _, spent = reservation(KEYS[1], ARGV[1])
if amount == nil then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
if spent == 0 then return 1 end
local dearest = tonumber(redis.call('GET', KEYS[2]) or '') or 0
if dearest == 0 and ARGV[2] ~= '1' then return 1 end
if spent >= dearest then redis.call('SET', KEYS[2], text(spent), 'PX', ARGV[3]) end
return 1
`;
