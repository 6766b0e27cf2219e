/**
 * The record store's scripts. Each is atomic, and stamps its writes with Redis' own clock, so that
 * processes on several hosts agree on the order of events. KEYS: record, orders, open.
 */

const NOW = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`;

/** A stored time that is this far ahead was written before the clock stepped back, in ms. */
const STEP_MS = 5000;

/**
 * `isPast(time)`: whether a stored time can order anything. A time in the future would keep out
 * everything newer until the clock reaches it.
 */
const IS_PAST = `
local function isPast(time) return time < now + ${STEP_MS} end
`;

/** The answer of a script that changes a record: the time, and the record after the change. */
const RECORD = `{string.format('%.0f', now), redis.call('HGETALL', KEYS[1])}`;

/** KEYS: record. Returns the time, and the record's fields and values. */
export const LOAD = `${NOW}
return ${RECORD}`;

const CREATE = `
if redis.call('HSETNX', KEYS[1], 'agentId', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'orderId', ARGV[2])
  redis.call('ZADD', KEYS[2], now, ARGV[3])
  redis.call('ZADD', KEYS[3], now, ARGV[3])
end
`;

/**
 * How far apart two deliveries of one event may be by our clock, in ms. Used for facts of versions
 * that had no time in the key.
 */
const REPEAT_MS = 120_000;

/**
 * `wasHeard(key)`: whether the fact of an event exists in the minute of the key or in an adjacent
 * minute. Such keys end in `:@<minute>` (see `factKey`). Keys of older versions have no minute.
 */
const WAS_HEARD = `
local function wasHeard(key)
  local event, minute = string.match(key, '^(.+):@(%d+)$')
  if not event then return false end
  for near = minute - 1, minute + 1 do
    local name = 'fact:' .. event .. ':@' .. string.format('%.0f', near)
    if redis.call('HEXISTS', KEYS[1], name) == 1 then return true end
  end
  local older = redis.call('HGET', KEYS[1], 'fact:' .. event)
  return older and now - tonumber(string.match(older, '^%d+') or '0') < ${REPEAT_MS}
end
`;

/**
 * Places from here on are counted, and order facts whatever the clock says. Earlier versions used
 * the number of fields as the place.
 */
export const FIRST_COUNTED_PLACE = 1_000_000;

/**
 * Writes facts from ARGV[first] on, in pairs of key and JSON, as `<ms>.<place>|<JSON>`. An existing
 * fact stays unchanged. The place counts the written facts, so facts keep their order within a
 * millisecond and when Redis' clock steps back.
 */
const facts = (first: number) => `${WAS_HEARD}
local added = 0
local stamp = string.format('%.0f', now) .. '.'
for i = ${first}, #ARGV, 2 do
  local name = 'fact:' .. ARGV[i]
  if not wasHeard(ARGV[i]) and redis.call('HEXISTS', KEYS[1], name) == 0 then
    local place = ${FIRST_COUNTED_PLACE} + redis.call('HINCRBY', KEYS[1], 'written', 1)
    redis.call('HSET', KEYS[1], name, stamp .. string.format('%.0f', place) .. '|' .. ARGV[i + 1])
    added = added + 1
  end
end
`;

const APPENDED = `${NOW}${CREATE}
if ARGV[4] == '1' then
  redis.call('HINCRBY', KEYS[1], 'hints', 1)
  redis.call('HSET', KEYS[1], 'hintedAt', string.format('%.0f', now))
  redis.call('ZADD', KEYS[3], now, ARGV[3])
end
${facts(5)}`;

/** ARGV: agent, order, member, hint (0 or 1), then facts. Returns how many facts were new. */
export const APPEND = `${APPENDED}
return added`;

/** Like APPEND. Returns the same as LOAD. */
export const APPEND_AND_LOAD = `${APPENDED}
return ${RECORD}`;

/**
 * ARGV: agent, order, member, asked at (ms), hints answered ('' when unknown), snapshot, service
 * ('' when unknown), status, 1 if the order itself was read (0: a list showed it), then facts.
 * KEYS[4]: the channel of changes, KEYS[5]: the agent's services.
 *
 * Sets `changed` when the snapshot is new in status or revision. A snapshot asked for before the
 * stored one is older, and is not stored. A change makes the order due for a reconcile. A process
 * that dies before it asks for the reconcile has then not lost the change.
 */
const OBSERVED = `${NOW}${IS_PAST}${CREATE}
${facts(10)}
if ARGV[9] == '1' then redis.call('HINCRBY', KEYS[1], 'reads', 1) end
local function observe()
local seen = tonumber(redis.call('HGET', KEYS[1], 'observedAt') or '0')
if tonumber(ARGV[4]) < seen and isPast(seen) then return 0 end
redis.call('HSET', KEYS[1], 'observedAt', ARGV[4], 'snapshot', ARGV[6])
if ARGV[5] ~= '' then
  local answered = tonumber(redis.call('HGET', KEYS[1], 'hintsAnswered') or '0')
  if tonumber(ARGV[5]) > answered then redis.call('HSET', KEYS[1], 'hintsAnswered', ARGV[5]) end
end
local service = ARGV[7] ~= '' and redis.call('HGET', KEYS[5], ARGV[7])
if service then redis.call('HSET', KEYS[1], 'service', service) end
local before = redis.call('HGET', KEYS[1], 'status')
if before == ARGV[8] then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[8])
redis.call('ZADD', KEYS[3], now, ARGV[3])
if before then redis.call('PUBLISH', KEYS[4], ARGV[3]) end
return 1
end
local changed = observe()`;

/** Like APPEND_AND_LOAD, for an order whose thread was just read. */
export const NOTE_THREAD = `${APPENDED}
redis.call('HSET', KEYS[1], 'threadReadAt', string.format('%.0f', now))
return ${RECORD}`;

/**
 * KEYS: record. ARGV: the order's service as JSON. A record that was forgotten meanwhile is not
 * recreated. Returns the same as LOAD.
 */
export const NOTE_SERVICE = `${NOW}
if redis.call('HEXISTS', KEYS[1], 'agentId') == 1 then redis.call('HSET', KEYS[1], 'service', ARGV[1]) end
return ${RECORD}`;

/** Returns `changed`, 1 or 0. */
export const OBSERVE = `${OBSERVED}
return changed`;

/** Returns `changed`, and the same as LOAD. */
export const OBSERVE_AND_LOAD = `${OBSERVED}
return {changed, ${RECORD}}`;

/**
 * ARGV:
 * - member
 * - hints the decision settles
 * - look again at ('' when finished)
 * - attention (0 or 1)
 * - summary
 * - of the record it was decided from: when it was loaded, how many facts and which snapshot it had
 *
 * KEYS: record, open, attention, finished.
 *
 * A hint that came meanwhile keeps the order open and due. A decision from an older record than the
 * last one's is left out, because concurrent reconciles may end in any order. Facts are counted
 * only within one millisecond: another version may know fewer kinds of them.
 */
export const SETTLE = `${NOW}${IS_PAST}
local before = redis.call('HMGET', KEYS[1], 'settledAt', 'settledFacts', 'settledSnapshot')
local function last(i) return tonumber(before[i] or '0') end
local loaded, known, snapshot = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if isPast(last(1)) and (loaded < last(1) or (loaded == last(1) and (known < last(2) or snapshot < last(3)))) then return 0 end
redis.call('HSET', KEYS[1], 'settledAt', ARGV[6], 'settledFacts', ARGV[7], 'settledSnapshot', ARGV[8])
redis.call('HSET', KEYS[1], 'summary', ARGV[5])
if tonumber(redis.call('HGET', KEYS[1], 'hints') or '0') > tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[2], now, ARGV[1])
elseif ARGV[3] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
end
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('ZREM', KEYS[4], ARGV[1])
else
  redis.call('ZADD', KEYS[4], 'NX', now, ARGV[1])
end
if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[3], 'NX', now, ARGV[1])
else
  redis.call('ZREM', KEYS[3], ARGV[1])
end
return 1`;

/**
 * KEYS: record, orders, open, attention, finished, left behind. ARGV: member. An order that has
 * reopened, or waits for a human, is kept.
 */
export const FORGET = `
if redis.call('ZSCORE', KEYS[3], ARGV[1]) or redis.call('ZSCORE', KEYS[4], ARGV[1]) then
  redis.call('ZREM', KEYS[5], ARGV[1])
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('SADD', KEYS[6], ARGV[1])
return 1`;
