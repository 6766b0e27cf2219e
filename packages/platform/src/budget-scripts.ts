/** How the API budget is kept in Redis: one hash for each egress address, changed by these scripts alone. */

/** Times in the budget are by Redis' clock, and leave it as a length, so that no two clocks are compared. */
const NOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`;

/** The last part of a window, in which what is being generated will come too late for it. */
const TAIL = 0.05;
/** Keeps the first deliveries of a window from looking like a flood; in windows. */
const DAMPING = 0.5;

/**
 * KEYS: budget. ARGV: class, its row in the marketplace's table of limits, window ms, ceiling of deliveries, deliveries that wait,
 * deliveries being generated, 1 if the call earns money, 1 if it yields to those that do.
 * Returns [admitted, ms to wait, 1 if the marketplace refused it]. The window starts with the first call, and counts calls of
 * every class. What is needed of it: the deliveries that wait, those being generated, and those that the rate of this window and
 * the one before lets expect until its end.
 */
export const ADMIT = `${NOW}
local budget, class, row, window = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local ceiling, waiting, generating = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local earns, yields = ARGV[7] == '1', ARGV[8] == '1'

local function read(field) return tonumber(redis.call('HGET', budget, field) or '0') end
local function refused_for(name) return math.max(0, read('refused:' .. name) - now) end

local start = read('start')
if now >= start + window then
  local before = now < start + 2 * window and read('earning') or 0
  start = now
  redis.call('HSET', budget, 'start', string.format('%.0f', start), 'used', 0, 'earning', 0, 'earned_before', before)
  redis.call('HDEL', budget, 'held:poll', 'held:message')
end

local refused = refused_for(row)
if refused > 0 then return {0, refused, 1} end

if yields then
  local remaining = start + window - now
  local rate = math.max(read('earned_before'), read('earning') / (1 - remaining / window + ${DAMPING}))
  local needed = waiting
  if remaining > window * ${TAIL} then
    needed = needed + generating + math.floor(rate * remaining / window)
  end
  local left = refused_for('deliver') > 0 and 0 or math.max(0, ceiling - read('used'))
  -- Where no delivery can go any more, messages take nothing from one: their own ceiling is above.
  if needed > 0 and left <= needed and (left > 0 or class ~= 'message') then
    redis.call('HINCRBY', budget, 'held:' .. class, 1)
    return {0, math.ceil(math.min(remaining, window / 60)), 0}
  end
end

redis.call('HINCRBY', budget, 'used', 1)
if earns then redis.call('HINCRBY', budget, 'earning', 1) end
return {1, 0, 0}`;

/**
 * KEYS: budget. ARGV: row, ms that its calls are refused for, window ms. Gives the call back, unless a window began since. A
 * refusal ends when the marketplace's window does, which tells better than our first call when that is.
 */
export const REFUSE = `${NOW}
local budget, row, wait, window = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if tonumber(redis.call('HGET', budget, 'used') or '0') > 0 then
  redis.call('HINCRBY', budget, 'used', -1)
  if wait > 0 and wait <= window then
    redis.call('HSET', budget, 'start', string.format('%.0f', now + wait - window))
  end
end
redis.call('HSET', budget, 'refused:' .. row, string.format('%.0f', now + wait))
return 1`;
