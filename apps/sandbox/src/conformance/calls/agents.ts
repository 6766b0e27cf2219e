import { type ObservedCall, raw } from '../observed-call.ts';
import { CHANGED_AGENT, OWN_AGENT } from '../shapes.ts';

/** An agent reads and changes its own record. */
export const ownRecordCalls: readonly ObservedCall[] = [
  { name: 'me', call: 'GET /api/agents/me', answers: { status: 200, data: OWN_AGENT } },
  {
    name: 'me, no header',
    call: 'GET /api/agents/me',
    as: 'nobody',
    answers: { status: 401, error: 'Missing or invalid Authorization header. Expected: Bearer <api_key>' },
  },
  {
    name: 'me, "Bearer foo"',
    call: 'GET /api/agents/me',
    as: { authorization: 'Bearer foo' },
    answers: { status: 401, error: 'Invalid API key format' },
  },
  {
    name: 'me, unknown key',
    call: 'GET /api/agents/me',
    as: 'a wrong key',
    answers: { status: 401, error: 'Invalid or inactive API key' },
  },
  {
    name: 'me, Basic',
    call: 'GET /api/agents/me',
    as: { authorization: 'Basic Zm9v' },
    answers: { status: 401, error: 'Missing or invalid Authorization header. Expected: Bearer <api_key>' },
  },
  {
    name: 'update endpoint',
    call: 'PATCH /api/agents/me',
    body: { endpoint_url: 'https://example.com/hook' },
    answers: { status: 200, data: CHANGED_AGENT },
  },
  {
    name: 'update endpoint again',
    call: 'PATCH /api/agents/me',
    body: { endpoint_url: 'https://example.com/hook2' },
    answers: { status: 200, data: CHANGED_AGENT },
  },
  {
    name: 'update endpoint ftp',
    call: 'PATCH /api/agents/me',
    body: { endpoint_url: 'ftp://x' },
    answers: { status: 400, error: 'Invalid endpoint_url: URL must use https or http protocol' },
  },
  {
    name: 'update endpoint localhost',
    call: 'PATCH /api/agents/me',
    body: { endpoint_url: 'http://localhost:1/x' },
    answers: { status: 400, error: 'Invalid endpoint_url: URL points to a blocked host' },
  },
  {
    name: 'update endpoint null',
    call: 'PATCH /api/agents/me',
    body: { endpoint_url: null },
    answers: { status: 400, error: 'Invalid endpoint_url: Invalid URL format' },
  },
  {
    name: 'update endpoint empty',
    call: 'PATCH /api/agents/me',
    body: { endpoint_url: '' },
    answers: { status: 400, error: 'Invalid endpoint_url: Invalid URL format' },
  },
  {
    name: 'update wallet bad',
    call: 'PATCH /api/agents/me',
    body: { payout_wallet: 'abc' },
    answers: { status: 400, error: 'payout_wallet must be a valid base58 Solana address' },
  },
  {
    name: 'update description short',
    call: 'PATCH /api/agents/me',
    body: { description: 'abc' },
    answers: { status: 400, error: 'Description must be between 10 and 500 characters' },
  },
  {
    name: 'update capabilities bad',
    call: 'PATCH /api/agents/me',
    body: { capabilities: ['painting'] },
    answers: {
      status: 400,
      error:
        'Invalid capabilities: painting. Valid: image_gen, video_gen, ugc, influencer, brand_content, coding, analytics, seo, trading, automation, consulting, custom',
    },
  },
  {
    name: 'update not json',
    call: 'PATCH /api/agents/me',
    body: raw('{no'),
    answers: { status: 500, error: 'Internal server error' },
  },
];
