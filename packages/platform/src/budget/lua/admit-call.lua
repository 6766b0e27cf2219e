-- Asks for one call, and counts it.
-- Returns {admitted, ms to wait, 1 if the marketplace refused it, 1 if the last calls of its row
-- were refused}. For an admitted call, two numbers for give-call-back.lua follow: the number of the
-- window, and the beginning of the edge that counts the call, or 0.
--
-- The marketplace's window begins when its first call arrives, and the marketplace does not report
-- that time. Our window lasts from `start`, the earliest possible beginning, to `over`, the latest
-- possible end. The edge is the time between the earliest and the latest end. A call in the
-- edge is the last of one window or the first of the next. The call counts in both windows, and
-- messages wait until after the edge.
--
-- Messages leave room for three groups of deliveries: those that wait, those being generated, and
-- those expected until the end of the window. The expectation follows the rate of this window and
-- the previous one, with a margin. In the edge, the expectation reaches to the end of the next
-- window.
--
-- If polls are how orders come in, each poll costs a call that an order found by it could use. The
-- calls left beyond known and expected deliveries are spread evenly over polls. If no such call is
-- left, a poll waits until it is expected to find as many orders as the window can still take. An
-- order found earlier would not be delivered earlier. A window's unused calls are lost at its end,
-- so a poll may take them shortly before.
--
-- When refusals have lasted for a window, one call at a time probes whether they ended.
local budget = KEYS[1]
local given_now = tonumber(ARGV[1]) -- In ms. Nil: Redis' own clock.
local window = tonumber(ARGV[2]) -- In ms.
local row = ARGV[3] -- The call's row in the table of limits.
local earns = ARGV[4] == '1' -- The call earns money.
local class = ARGV[5]
local ceiling = tonumber(ARGV[6]) -- Of deliveries.
local waiting = tonumber(ARGV[7]) -- Deliveries that wait.
local generating = tonumber(ARGV[8]) -- Deliveries being generated.
local yields = ARGV[9] == '1' -- The call yields to those that earn.
-- For how many ms orders may have come that only this call finds (-1: none, -2: a further page of a
-- poll, -3: perhaps such a page).
local unseen = tonumber(ARGV[10])

-- The longest time from the start of a call until the marketplace counts it, in ms. Short windows
-- use less.
local on_its_way = math.min(1000, window / 240)
-- The last part of a window, in which the waiting calls go. In windows: a quarter of a minute of an
-- hour.
local TAIL = 1 / 240
-- The last part of a window, in which a poll may use up calls that nothing else will use. In
-- windows: three minutes of an hour.
local LAST_POLLS = 1 / 20
-- Weight of the previous window in an estimate of this window's rate. In windows.
local DAMPING = 0.5
-- Before the first window the rate is unknown. The budget assumes a busy seller, with this many
-- earning calls an hour, and soon forgets the assumption. Its weight is in windows: six minutes of
-- an hour.
local BUSY = 30
local BUSY_WEIGHT = 0.1
-- While nothing is owed, this many polls of a window go before the rate is considered.
local FREE_POLLS = 2
-- A poll goes when it is expected to find this part of what a window can still take. The part is
-- less than all, because fewer orders may come than expected, and the rest of the window would be
-- lost. Before the first window the rate is overestimated, so a poll then waits for all.
local FILLED = 0.75
-- How far deliveries may exceed the expected number if they come at random, in standard deviations.
local DEVIATIONS = 3
-- The longest uncertainty about a window's beginning that the budget keeps. In windows.
local LONGEST_DOUBT = 1 / 20
-- How long a probing call may take before another call may probe, in ms.
local PROBE_MS = 60000

-- include includes/budget.lua

local function refused_for(name) return math.max(0, read('refused:' .. name) - now) end

local refused, since = refused_for(row), refused_since()
if refused > 0 then return {0, refused, 1, 1} end
local probes = since > 0 and now - since >= window
if probes and read('probe:' .. row) > now then return {0, read('probe:' .. row) - now, 1, 1} end

local start, over = read('start'), read('over')
-- Redis' clock stepped back since the window began: the window moves with it, and does not last
-- longer by the step.
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
  over = math.min(now, start + window * LONGEST_DOUBT) + window + on_its_way
end

local edge = start + window - on_its_way
local tail, is_edge = edge - window * TAIL, now >= edge
local elapsed = (now - start) / window
local left = refused_for('deliver') > 0 and 0 or math.max(0, ceiling - used)

local function rate_of(calls, time, before)
  if is_cold then return (calls + math.min(ceiling, BUSY) * BUSY_WEIGHT) / (time + BUSY_WEIGHT) end
  return (calls + before * DAMPING) / (time + DAMPING)
end

local function poll_waits()
  local free = is_cold and FREE_POLLS or 1
  if is_cold and need == 0 and polls < free then return left == 0 end
  local spare = left - need
  if spare < 2 then return true end
  local known = math.max(0, elapsed - unseen / window)
  local rate = rate_of(math.max(0, earning + need - carried), known, found_before)
  local hidden = rate * (elapsed - known)
  local to_come = rate * math.max(0, 1 - known)
  local affordable = polls + spare - to_come - math.sqrt(to_come)
  local is_paced = affordable > free and polls < free + (affordable - free) * elapsed
  local is_last = elapsed >= 1 - LAST_POLLS and hidden >= 1
  return not (is_paced or is_last or hidden >= (is_cold and 1 or FILLED) * (spare - 1))
end

local function others_wait()
  if is_cold and class == 'poll' and polls < FREE_POLLS and waiting + generating == 0 then return false end
  local needed = waiting
  if now < tail or is_edge then
    -- If polls find the orders, nothing is known of the time since the last one.
    local blind_since = read('blind_since')
    local known = blind_since > 0 and math.max(0, math.min(elapsed, (blind_since - start) / window)) or elapsed
    local rate = is_cold and (earning > 0 and rate_of(earning, known, 0) or 0)
      or math.max(earned_before, earning / (known + DAMPING))
    local expected = rate * ((is_edge and 1 or (over - now) / window) + elapsed - known)
    if rate > 0 then expected = expected + DEVIATIONS * math.sqrt(expected) + 1 end
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

-- Only an admitted call begins a window.
if begins then
  redis.call('HSET', budget, 'start', text(start), 'over', text(over), 'used', used, 'edge', 0, 'polls', 0,
    'earning', 0, 'earned_before', earned_before, 'ends', 0, 'ends_before', done_before,
    'found_before', text(found_before), 'carried', text(carried), 'cold', is_cold and 1 or 0)
  redis.call('HDEL', budget, 'held:poll', 'held:message')
  redis.call('HINCRBY', budget, 'windows', 1)
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
local edge_at = is_edge and read('edge_at') or 0
if probes then redis.call('HSET', budget, 'probe:' .. row, text(now + math.min(PROBE_MS, window / 60))) end
return {1, 0, 0, since > 0 and 1 or 0, read('windows'), edge_at}
