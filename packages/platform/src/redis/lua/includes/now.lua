-- Redis' clock in ms. Scripts stamp their writes with it, so that processes on several hosts agree
-- on the order of events.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
