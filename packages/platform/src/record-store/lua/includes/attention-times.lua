-- Keeps since when each attention is open, in one script with the open attentions.

-- Needs `now` of now.lua.

-- A damaged text must not block the order. The times then begin again.
local function decoded(text)
  local is_readable, value = pcall(cjson.decode, text)
  return is_readable and type(value) == 'table' and value or {}
end

-- The keys of a list of attentions, in order.
local function attention_keys(text)
  local keys = {}
  for _, item in ipairs(decoded(text)) do
    if type(item) == 'table' and type(item[1]) == 'string' then keys[#keys + 1] = item[1] end
  end
  return keys
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
  for _, key in ipairs(attention_keys(stored)) do was_open[key] = true end
  local known, since = decoded(redis.call('HGET', record, 'attentionSince') or '{}'), {}
  for _, key in ipairs(attention_keys(open_attentions)) do
    -- An earlier version stored no times, so the time of an attention that was open is not known.
    since[key] = known[key] or (not was_open[key] and now or nil)
  end
  local times = next(since) and cjson.encode(since) or '{}'
  redis.call('HSET', record, 'openAttentions', open_attentions, 'attentionSince', times)
end
