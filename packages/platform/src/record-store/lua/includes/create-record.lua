-- An unknown order gets a record, and is due at once.
if redis.call('HSETNX', record, 'agentId', agent_id) == 1 then
  redis.call('HSET', record, 'orderId', order_id)
  redis.call('ZADD', orders, now, member)
  redis.call('ZADD', open, now, member)
end
