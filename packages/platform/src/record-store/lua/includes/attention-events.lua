-- Writes one event for each attention that opened or closed since the last stored decision. The
-- open attentions are stored in the same script, so a crash neither loses nor repeats an event.

-- Needs `now` of now.lua: the record keeps since when each attention is open.

-- A damaged list must not block the order. The next decision then opens its attentions again.
local function read_attentions(text)
  local is_readable, pairs_read = pcall(cjson.decode, text)
  return is_readable and type(pairs_read) == 'table' and pairs_read or {}
end

-- `open_attentions`: JSON, an array of pairs of a key and the attention's JSON.
local function note_attentions(record, events, member, open_attentions, most_events)
  local stored = redis.call('HGET', record, 'openAttentions') or '[]'
  if stored == open_attentions then return end
  local function index(list)
    local by_key = {}
    for _, item in ipairs(list) do by_key[item[1]] = true end
    return by_key
  end
  local before, after = read_attentions(stored), read_attentions(open_attentions)
  local was_open, is_open = index(before), index(after)
  local function write(event, item)
    redis.call('XADD', events, 'MAXLEN', '~', most_events, '*',
      'event', event, 'subject', member, 'key', item[1], 'attention', item[2])
  end
  for _, item in ipairs(before) do
    if not is_open[item[1]] then write('closed', item) end
  end
  for _, item in ipairs(after) do
    if not was_open[item[1]] then write('opened', item) end
  end
  if open_attentions == '[]' then
    redis.call('HDEL', record, 'openAttentions', 'attentionSince')
    return
  end
  local known, since = read_attentions(redis.call('HGET', record, 'attentionSince') or '{}'), {}
  for _, item in ipairs(after) do
    -- An earlier version stored no times, so the time of an attention that was open is not known.
    since[item[1]] = known[item[1]] or (not was_open[item[1]] and now or nil)
  end
  local times = next(since) and cjson.encode(since) or '{}'
  redis.call('HSET', record, 'openAttentions', open_attentions, 'attentionSince', times)
end
