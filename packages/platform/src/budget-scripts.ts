/** How the API budget is kept in Redis: one hash for each egress address, changed by these scripts alone. */

/** How long a call may be on its way until the marketplace counts it, in ms; less where windows are short. */
const ON_ITS_WAY_MS = 1000;
/** The last part of a window, in which what still waits goes; in windows: a quarter of a minute of an hour. */
const TAIL = 1 / 240;
/** Keeps the first deliveries of a window from looking like a flood; in windows. */
const DAMPING = 0.5;
/** How far deliveries may exceed what is expected, in standard deviations, where they come at random. */
const DEVIATIONS = 3;
/** What is not known of when a window began is forgotten beyond this; in windows. */
const LONGEST_DOUBT = 1 / 20;
/** A refusal tells when the window ends in whole seconds, rounded up. */
const ROUNDING_MS = 1000;

/**
 * Times in the budget are by Redis' clock, and leave it as a length, so that no two clocks are compared.
 * KEYS: budget. ARGV: a time in ms to take in place of Redis' own, or nothing; window ms.
 */
const COMMON = `
local budget, now, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
if now == nil then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local on_its_way = math.min(${ON_ITS_WAY_MS}, window / 240)
local function text(number) return string.format('%.0f', number) end
local function read(field) return tonumber(redis.call('HGET', budget, field) or '0') end
-- A call that was counted and not made. False when a window began since.
local function give_back(earns)
  if read('used') == 0 then return false end
  redis.call('HINCRBY', budget, 'used', -1)
  if earns and read('earning') > 0 then redis.call('HINCRBY', budget, 'earning', -1) end
  return true
end
`;

/**
 * ARGV, from 3: class, its row in the marketplace's table of limits, ceiling of deliveries, deliveries that wait, deliveries being
 * generated, 1 if the call earns money, 1 if it yields to those that do, and for how many ms orders may have come that only this
 * call finds (-1: none).
 * Returns [admitted, ms to wait, 1 if the marketplace refused it].
 *
 * The marketplace's window begins when its first call arrives, which nobody tells us. Ours lasts from `start`, the earliest that
 * it can have begun, to `over`, the latest that it can end. The edge is the time between the earliest and the latest end: a call
 * made there is the last of one window or the first of the next. It counts in both, and messages wait until after it.
 *
 * What a window is needed for: the deliveries that wait, those being generated, and those that the rate of this window and the one
 * before lets expect until its end, with a margin; at the edge, until the next one's end. A poll that is how orders come in reserves
 * nothing for those it does not find: it needs room for what it finds, and polls share evenly what an hour's deliveries leave.
 */
export const ADMIT = `${COMMON}
local class, row, ceiling = ARGV[3], ARGV[4], tonumber(ARGV[5])
local waiting, generating = tonumber(ARGV[6]), tonumber(ARGV[7])
local earns, yields, unseen = ARGV[8] == '1', ARGV[9] == '1', tonumber(ARGV[10])

local function refused_for(name) return math.max(0, read('refused:' .. name) - now) end

local refused = refused_for(row)
if refused > 0 then return {0, refused, 1} end

local start, over = read('start'), read('over')
local used, earning, before, polls = read('used'), read('earning'), read('earned_before'), read('polls')
local begins = now >= over
if begins then
  local edge, edge_at = read('edge'), read('edge_at')
  if now >= edge_at + window then edge = 0 end
  used, earning, before, polls = edge, 0, now < over + window and earning or 0, 0
  start = edge > 0 and edge_at or now
  over = math.min(now, start + window * ${LONGEST_DOUBT}) + window + on_its_way
end

local edge = start + window - on_its_way
local tail, is_edge = edge - window * ${TAIL}, now >= edge
if yields then
  local elapsed = (now - start) / window
  local rate = math.max(before, earning / (elapsed + ${DAMPING}))
  local needed, is_early = waiting, false
  if unseen >= 0 then
    needed = needed + generating + rate * unseen / window + 1
    is_early = polls > math.max(1, ceiling - rate - math.sqrt(rate)) * elapsed
  elseif now < tail or is_edge then
    local expected = rate * (is_edge and 1 or (over - now) / window)
    if rate > 0 then expected = expected + ${DEVIATIONS} * math.sqrt(expected) + 1 end
    needed = needed + generating + expected
  end
  local is_refused = refused_for('deliver') > 0
  local left = is_refused and 0 or math.max(0, ceiling - used)
  -- Once deliveries are refused, messages take nothing from one: their own ceiling is above.
  local is_free = class == 'message' and is_refused and not is_edge
  if is_early or needed > 0 and left - 1 < needed and not is_free then
    redis.call('HINCRBY', budget, 'held:' .. class, 1)
    return {0, math.ceil(now < tail and math.min(tail - now, window / 60) or over - now), 0}
  end
end

-- Only a call that may be made begins a window.
if begins then
  redis.call('HSET', budget, 'start', text(start), 'over', text(over), 'used', used, 'edge', 0,
    'earning', 0, 'earned_before', before, 'polls', 0)
  redis.call('HDEL', budget, 'held:poll', 'held:message')
end
redis.call('HINCRBY', budget, 'used', 1)
if earns then redis.call('HINCRBY', budget, 'earning', 1) end
if class == 'poll' then redis.call('HINCRBY', budget, 'polls', 1) end
if is_edge and redis.call('HINCRBY', budget, 'edge', 1) == 1 then
  redis.call('HSET', budget, 'edge_at', text(now))
end
return {1, 0, 0}`;

/**
 * ARGV, from 3: row, ms that its calls are refused for, 1 if the call would have earned money, 1 if these ms end when the
 * marketplace's window does, which tells better than our first call when that is. Gives the call back, unless a window began since.
 */
export const REFUSE = `${COMMON}
local row, wait, earns, tells = ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6] == '1'
if give_back(earns) and tells and wait > 0 and wait <= window then
  local over = now + wait
  redis.call('HSET', budget, 'start', text(over - ${ROUNDING_MS} - window), 'over', text(over), 'edge', 0)
end
redis.call('HSET', budget, 'refused:' .. row, text(now + wait))
return 1`;

/** ARGV, from 3: 1 if the call would have earned money. Gives a call back that was admitted and is not made. */
export const GIVE_BACK = `${COMMON}
return give_back(ARGV[3] == '1') and 1 or 0`;
