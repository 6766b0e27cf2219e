-- Keeps since when each attention is open, in one script with the open attentions.

-- Needs `now` of now.lua.

-- A damaged list must not block the order. The times then begin again.
local function read_attentions(text)
  local is_readable, pairs_read = pcall(cjson.decode, text)
  return is_readable and type(pairs_read) == 'table' and pairs_read or {}
end

-- `open_attentions`: JSON, an array of pairs of a key and the attention's JSON.
local function note_attentions(record, open_attentions)
  local stored = redis.call('HGET', record, 'openAttentions') or '[]'
  if stored == open_attentions then return end
  if open_attentions == '[]' then
    redis.call('HDEL', record, 'openAttentions', 'attentionSince')
    return
  end
  local was_open = {}
  for _, item in ipairs(read_attentions(stored)) do was_open[item[1]] = true end
  local known, since = read_attentions(redis.call('HGET', record, 'attentionSince') or '{}'), {}
  for _, item in ipairs(read_attentions(open_attentions)) do
    -- An earlier version stored no times, so the time of an attention that was open is not known.
    since[item[1]] = known[item[1]] or (not was_open[item[1]] and now or nil)
  end
  local times = next(since) and cjson.encode(since) or '{}'
  redis.call('HSET', record, 'openAttentions', open_attentions, 'attentionSince', times)
end
