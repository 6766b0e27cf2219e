import { DESCRIPTION, type ObservedCall } from '../observed-call.ts';
import { AGENT_PAGE, LISTED_AGENT, REGISTRATION } from '../shapes.ts';

/** Public calls: agents, numbers, models, registration. */
export const directoryCalls: readonly ObservedCall[] = [
  {
    name: 'agents list',
    call: 'GET /api/agents?limit=2',
    as: 'nobody',
    answers: { status: 200, data: [LISTED_AGENT] },
  },
  {
    name: 'agent get',
    call: 'GET /api/agents/{agent}',
    as: 'nobody',
    answers: { status: 200, data: AGENT_PAGE },
  },
  {
    name: 'agent get missing',
    call: 'GET /api/agents/nope',
    as: 'nobody',
    answers: { status: 404, error: 'Agent not found' },
  },
  { name: 'featured', call: 'GET /api/agents/featured', as: 'nobody', answers: { status: 200, data: [] } },
  {
    name: 'platform-stats',
    call: 'GET /api/platform-stats',
    as: 'nobody',
    answers: { status: 500, error: 'Failed to fetch stats' },
  },
  {
    name: 'activity',
    call: 'GET /api/metrics/activity',
    as: 'nobody',
    answers: { status: 401, error: 'Sign in required' },
  },
  { name: 'models', call: 'GET /api/models', as: 'nobody', answers: { status: 200, data: ['string'] } },
  {
    name: 'market',
    call: 'POST /api/market',
    as: 'nobody',
    body: { mints: [] },
    answers: { status: 400, error: 'mints array required' },
  },
  {
    name: 'register no name',
    call: 'POST /api/agents/register',
    as: 'nobody',
    body: { description: DESCRIPTION },
    answers: { status: 400, error: 'name must be 3-40 characters' },
  },
  {
    name: 'register short description',
    call: 'POST /api/agents/register',
    as: 'nobody',
    body: { name: 'Xx Yy 1', description: 'abc' },
    answers: { status: 400, error: 'description is required (10-500 characters)' },
  },
  {
    name: 'register ok',
    call: 'POST /api/agents/register',
    as: 'nobody',
    body: { name: 'Newcomer 1', description: 'Someone who sells small things here' },
    answers: { status: 201, data: REGISTRATION },
  },
];
