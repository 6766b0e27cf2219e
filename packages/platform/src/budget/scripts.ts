/**
 * The scripts for the API budget. Redis keeps one hash for each egress address, and only these
 * scripts change it.
 */

/**
 * The longest time from the start of a call until the marketplace counts it, in ms. Short windows
 * use less.
 */
const ON_ITS_WAY_MS = 1000;
/**
 * The last part of a window, in which the waiting calls go. In windows: a quarter of a minute of an
 * hour.
 */
const TAIL = 1 / 240;
/**
 * The last part of a window, in which a poll may use up calls that nothing else will use. In
 * windows: three minutes of an hour.
 */
const LAST_POLLS = 1 / 20;
/** Weight of the previous window in an estimate of this window's rate. In windows. */
const DAMPING = 0.5;
/**
 * Before the first window the rate is unknown. The budget assumes a busy seller, with this many
 * earning calls an hour, and soon forgets the assumption. Its weight is in windows: six minutes of
 * an hour.
 */
const BUSY = 30;
const BUSY_WEIGHT = 0.1;
/** While nothing is owed, this many polls of a window go before the rate is considered. */
const FREE_POLLS = 2;
/**
 * A poll goes when it is expected to find this part of what a window can still take. The part is
 * less than all, because fewer orders may come than expected, and the rest of the window would be
 * lost. Before the first window the rate is overestimated, so a poll then waits for all.
 */
const FILLED = 0.75;
/**
 * How far deliveries may exceed the expected number if they come at random, in standard deviations.
 */
const DEVIATIONS = 3;
/** The longest uncertainty about a window's beginning that the budget keeps. In windows. */
const LONGEST_DOUBT = 1 / 20;
/** A refusal names the end of the window in whole seconds, rounded up. */
const ROUNDING_MS = 1000;
/**
 * The shortest wait after a refusal, in ms. The wait doubles with each refusal in a row, up to a
 * part of a window: five minutes of an hour.
 */
const SHORTEST_REFUSAL_MS = 1000;
const LONGEST_FLOOR = 1 / 12;
/** How long a probing call may take before another call may probe, in ms. */
const PROBE_MS = 60_000;

/**
 * The scripts read times from Redis' clock and return only durations, so that nobody compares two
 * clocks. KEYS: budget. ARGV:
 * - a time in ms to take in place of Redis' own, or nothing
 * - window ms
 * - the call's row in the table of limits
 * - 1 if the call earns money
 */
const COMMON = `
local budget, now, window, row, earns = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4] == '1'
if now == nil then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local on_its_way = math.min(${ON_ITS_WAY_MS}, window / 240)
local function text(number) return string.format('%.0f', number) end
local function read(field) return tonumber(redis.call('HGET', budget, field) or '0') end
local ends = earns and row == 'deliver'
-- A call that was counted and not made. False when a window began since.
local function give_back()
  if read('used') == 0 then return false end
  redis.call('HINCRBY', budget, 'used', -1)
  if earns and read('earning') > 0 then redis.call('HINCRBY', budget, 'earning', -1) end
  if ends and read('ends') > 0 then redis.call('HINCRBY', budget, 'ends', -1) end
  return true
end
-- Since when calls of the row have been refused without one that was accepted; 0: they are not.
local function refused_since()
  local since = read('refused_since:' .. row)
  return now < read('refused:' .. row) + window and since or 0
end
`;

/**
 * ARGV, from 5:
 * - class
 * - ceiling of deliveries
 * - deliveries that wait
 * - deliveries being generated
 * - 1 if the call yields to those that earn
 * - for how many ms orders may have come that only this call finds (-1: none, -2: a further page of
 *   a poll, -3: perhaps such a page)
 *
 * Returns [admitted, ms to wait, 1 if the marketplace refused it, 1 if the last calls of its row
 * were refused].
 *
 * The marketplace's window begins when its first call arrives, and the marketplace does not report
 * that time. Our window lasts from `start`, the earliest possible beginning, to `over`, the latest
 * possible end. The edge is the time between the earliest and the latest end. A call made in the
 * edge is the last of one window or the first of the next. The call counts in both windows, and
 * messages wait until after the edge.
 *
 * Messages leave room for three groups of deliveries: those that wait, those being generated, and
 * those expected until the end of the window. The expectation follows the rate of this window and
 * the previous one, with a margin. In the edge, the expectation reaches to the end of the next
 * window.
 *
 * If polls are how orders come in, each poll costs a call that an order found by it could use. The
 * calls left beyond known and expected deliveries are spread evenly over polls. If no such call is
 * left, a poll waits until it is expected to find as many orders as the window can still take. An
 * order found earlier would not be delivered earlier. A window's unused calls are lost at its end,
 * so a poll may take them shortly before.
 *
 * When refusals have lasted for a window, one call at a time probes whether they ended.
 */
export const ADMIT = `${COMMON}
local class, ceiling = ARGV[5], tonumber(ARGV[6])
local waiting, generating = tonumber(ARGV[7]), tonumber(ARGV[8])
local yields, unseen = ARGV[9] == '1', tonumber(ARGV[10])

local function refused_for(name) return math.max(0, read('refused:' .. name) - now) end

local refused, since = refused_for(row), refused_since()
if refused > 0 then return {0, refused, 1, 1} end
local probes = since > 0 and now - since >= window
if probes and read('probe:' .. row) > now then return {0, read('probe:' .. row) - now, 1, 1} end

local start, over = read('start'), read('over')
-- Redis' clock stepped back since the window began: the window moves with it, and does not last longer by the step.
if start > now + 5000 then
  start, over = now, now + over - start
  redis.call('HSET', budget, 'start', text(start), 'over', text(over))
end
local used, earning, done, polls = read('used'), read('earning'), read('ends'), read('polls')
local earned_before, done_before, found_before = read('earned_before'), read('ends_before'), read('found_before')
local carried, is_cold = read('carried'), read('cold') == 1

-- Calls that one delivery takes, uploads included, as far as they were seen.
local function calls_each()
  local all = done + done_before
  return all > 0 and math.max(1, (earning + earned_before) / all) or 1
end
local need = waiting + generating * calls_each()
local begins = now >= over
if begins then
  local edge, edge_at = read('edge'), read('edge_at')
  if now >= edge_at + window then edge = 0 end
  is_cold = over == 0 or now >= over + window
  earned_before, done_before = is_cold and 0 or earning, is_cold and 0 or done
  found_before = is_cold and 0 or math.max(0, earning + need - carried)
  used, earning, done, polls, carried = edge, 0, 0, 0, need
  start = edge > 0 and edge_at or now
  over = math.min(now, start + window * ${LONGEST_DOUBT}) + window + on_its_way
end

local edge = start + window - on_its_way
local tail, is_edge = edge - window * ${TAIL}, now >= edge
local elapsed = (now - start) / window
local left = refused_for('deliver') > 0 and 0 or math.max(0, ceiling - used)

local function rate_of(calls, time, before)
  if is_cold then return (calls + math.min(ceiling, ${BUSY}) * ${BUSY_WEIGHT}) / (time + ${BUSY_WEIGHT}) end
  return (calls + before * ${DAMPING}) / (time + ${DAMPING})
end

local function poll_waits()
  local free = is_cold and ${FREE_POLLS} or 1
  if is_cold and need == 0 and polls < free then return left == 0 end
  local spare = left - need
  if spare < 2 then return true end
  local known = math.max(0, elapsed - unseen / window)
  local rate = rate_of(math.max(0, earning + need - carried), known, found_before)
  local hidden = rate * (elapsed - known)
  local to_come = rate * math.max(0, 1 - known)
  local affordable = polls + spare - to_come - math.sqrt(to_come)
  local is_paced = affordable > free and polls < free + (affordable - free) * elapsed
  local is_last = elapsed >= 1 - ${LAST_POLLS} and hidden >= 1
  return not (is_paced or is_last or hidden >= (is_cold and 1 or ${FILLED}) * (spare - 1))
end

local function others_wait()
  if is_cold and class == 'poll' and polls < ${FREE_POLLS} and waiting + generating == 0 then return false end
  local needed = waiting
  if now < tail or is_edge then
    -- Where orders are found by polls, nothing is known of the time since the last one.
    local blind_since = read('blind_since')
    local known = blind_since > 0 and math.max(0, math.min(elapsed, (blind_since - start) / window)) or elapsed
    local rate = is_cold and (earning > 0 and rate_of(earning, known, 0) or 0)
      or math.max(earned_before, earning / (known + ${DAMPING}))
    local expected = rate * ((is_edge and 1 or (over - now) / window) + elapsed - known)
    if rate > 0 then expected = expected + ${DEVIATIONS} * math.sqrt(expected) + 1 end
    needed = need + expected
  end
  -- Once deliveries are refused, messages take nothing from one: their own ceiling is above.
  local is_free = class == 'message' and refused_for('deliver') > 0 and not is_edge
  return needed > 0 and left - 1 < needed and not is_free
end

local function waits()
  if unseen >= 0 then return poll_waits() end
  if unseen == -2 then return left - need < 1 end
  return others_wait()
end

if yields and waits() then
  redis.call('HINCRBY', budget, 'held:' .. class, 1)
  return {0, math.ceil(now < tail and math.min(tail - now, window / 60) or over - now), 0, 0}
end

-- Only a call that may be made begins a window.
if begins then
  redis.call('HSET', budget, 'start', text(start), 'over', text(over), 'used', used, 'edge', 0, 'polls', 0,
    'earning', 0, 'earned_before', earned_before, 'ends', 0, 'ends_before', done_before,
    'found_before', text(found_before), 'carried', text(carried), 'cold', is_cold and 1 or 0)
  redis.call('HDEL', budget, 'held:poll', 'held:message')
end
redis.call('HINCRBY', budget, 'used', 1)
if earns then redis.call('HINCRBY', budget, 'earning', 1) end
if ends then redis.call('HINCRBY', budget, 'ends', 1) end
if class == 'poll' and unseen >= -1 then
  redis.call('HINCRBY', budget, 'polls', 1)
  redis.call('HSET', budget, 'blind_since', unseen >= 0 and text(now) or 0)
end
if is_edge and redis.call('HINCRBY', budget, 'edge', 1) == 1 then
  redis.call('HSET', budget, 'edge_at', text(now))
end
if probes then redis.call('HSET', budget, 'probe:' .. row, text(now + math.min(${PROBE_MS}, window / 60))) end
return {1, 0, 0, since > 0 and 1 or 0}`;

/**
 * ARGV, from 5:
 * - for how many ms calls of the row are refused, as the refusal says
 * - 1 if these ms end with the marketplace's window: this end is more exact than an estimate from
 *   our first call
 *
 * Gives the call back, unless a window began since. The time in a refusal is a minimum. Waits grow
 * while refusals go on, but no wait is longer than a window. Returns [ms to wait, ms since the
 * first refusal in a row].
 */
export const REFUSE = `${COMMON}
local named, tells = tonumber(ARGV[5]), ARGV[6] == '1'
if give_back() and tells and named > 0 and named <= window then
  local over = now + named
  redis.call('HSET', budget, 'start', text(over - ${ROUNDING_MS} - window), 'over', text(over), 'edge', 0)
end
local since, count = refused_since(), read('refusals:' .. row)
if since == 0 then since, count = now, 0 end
-- Calls that were on their way together are refused together: that is one refusal.
if now >= read('refused:' .. row) then count = count + 1 end
local floor = math.min(${SHORTEST_REFUSAL_MS} * 2 ^ math.min(count - 1, 20), window * ${LONGEST_FLOOR})
local wait = math.min(math.max(named, floor), window)
redis.call('HSET', budget, 'refused:' .. row, text(now + wait), 'refused_since:' .. row, text(since), 'refusals:' .. row, count)
redis.call('HDEL', budget, 'probe:' .. row)
return {math.ceil(wait), math.floor(now - since)}`;

/** The marketplace accepted a call of the row, so its refusals in a row end. */
export const ACCEPT = `${COMMON}
return redis.call('HDEL', budget, 'refused:' .. row, 'refused_since:' .. row, 'refusals:' .. row, 'probe:' .. row)`;

/** Gives back an admitted call that is not made. */
export const GIVE_BACK = `${COMMON}
redis.call('HDEL', budget, 'probe:' .. row)
return give_back() and 1 or 0`;
