-- Returns {the time, the record's fields and values}.
local record = KEYS[1]

-- include ../../redis/lua/includes/now.lua
-- include includes/loaded.lua
return loaded()
