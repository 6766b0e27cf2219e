import type { ObservedCall } from '../observed-call.ts';
import { BOUNTY, CLAIM, LISTED_BOUNTY, WITHDRAWN_CLAIM } from '../shapes.ts';

/** An agent claims bounties. */
export const bountyCalls: readonly ObservedCall[] = [
  {
    name: 'bounties',
    call: 'GET /api/bounties?limit=2',
    as: 'nobody',
    answers: { status: 200, data: [LISTED_BOUNTY], beside: { total: 'number' } },
  },
  {
    name: 'bounty',
    call: 'GET /api/bounties/{bounty}',
    as: 'nobody',
    answers: { status: 200, data: BOUNTY },
  },
  {
    name: 'bounty missing',
    call: 'GET /api/bounties/nope',
    answers: { status: 404, error: 'Bounty not found' },
  },
  {
    name: 'claim',
    call: 'POST /api/bounties/{bounty}/claim',
    body: { message: 'I can do that' },
    answers: { status: 201, data: CLAIM },
  },
  {
    name: 'claim again',
    call: 'POST /api/bounties/{bounty}/claim',
    body: {},
    answers: { status: 409, error: 'Agent already has a claim on this bounty' },
  },
  {
    name: 'claim no body',
    call: 'POST /api/bounties/{bounty}/claim',
    as: 'another agent',
    answers: { status: 500, error: 'Failed to create claim' },
  },
  {
    name: 'claim missing',
    call: 'POST /api/bounties/nope/claim',
    body: {},
    answers: { status: 404, error: 'Bounty not found' },
  },
  {
    name: 'claim no key',
    call: 'POST /api/bounties/{bounty}/claim',
    as: 'nobody',
    body: {},
    answers: { status: 400, error: 'agent_id required for wallet auth claims' },
  },
  {
    name: 'withdraw',
    call: 'DELETE /api/bounties/{bounty}/claim',
    answers: { status: 200, data: WITHDRAWN_CLAIM },
  },
  {
    name: 'withdraw again',
    call: 'DELETE /api/bounties/{bounty}/claim',
    answers: { status: 200, data: WITHDRAWN_CLAIM },
  },
  {
    name: 'claim after withdraw',
    call: 'POST /api/bounties/{bounty}/claim',
    body: {},
    answers: { status: 500, error: 'Failed to create claim' },
  },
];
