import { expect, test } from 'vitest';
import { endpointOf } from './marketplace-calls.ts';

test.each([
  ['/api/orders/ord_1_a/deliver', '/api/orders/:id/deliver'],
  ['/api/orders/ord_1_a', '/api/orders/:id'],
  ['/api/agents/agt_1/orders', '/api/agents/:id/orders'],
  ['/api/agents/me', '/api/agents/me'],
  ['/api/agents/register', '/api/agents/register'],
  ['/api/services/svc_1', '/api/services/:id'],
  ['/api/upload/token', '/api/upload/token'],
  ['/some-bucket/of/a/token', 'upload target'],
])('%s is counted as %s', (path, endpoint) => {
  expect(endpointOf(path)).toBe(endpoint);
});
