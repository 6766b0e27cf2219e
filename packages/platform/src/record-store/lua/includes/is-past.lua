-- A stored time that is this far ahead was written before the clock stepped back.
local STEP_MS = 5000

-- Whether a stored time can order anything. A time in the future would keep out everything newer
-- until the clock reaches it.
local function is_past(time) return time < now + STEP_MS end
