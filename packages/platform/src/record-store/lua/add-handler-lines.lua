-- Adds lines that handlers logged about an order. Lines beyond a number of bytes are removed: first
-- the oldest lines that report no trouble, then the oldest ones.
local key = KEYS[1]
local most_bytes = tonumber(ARGV[1])
local kept_ms = ARGV[2]
local added = cjson.decode(ARGV[3]) -- JSON: the lines, each of them JSON of its own.

-- Within the texts of a line, JSON escapes the quotation marks.
local function is_trouble(line)
  return not string.find(line, '"level":"info"', 1, true)
end

redis.call('RPUSH', key, unpack(added))
redis.call('PEXPIRE', key, kept_ms)
local lines = redis.call('LRANGE', key, 0, -1)
local bytes = 0
for _, line in ipairs(lines) do
  bytes = bytes + #line
end
-- Both passes go from the oldest line to the newest. The first one passes over trouble.
for _, spares_trouble in ipairs({ true, false }) do
  for place, line in ipairs(lines) do
    if bytes <= most_bytes then return end
    if line and not (spares_trouble and is_trouble(line)) then
      redis.call('LREM', key, 1, line)
      bytes = bytes - #line
      lines[place] = false
    end
  end
end
