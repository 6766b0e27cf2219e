import { DESCRIPTION, type ObservedCall } from '../observed-call.ts';
import { OWN_SERVICE, PUBLIC_SERVICE } from '../shapes.ts';

/** An agent offers services. */
export const serviceCalls: readonly ObservedCall[] = [
  {
    name: 'services of me',
    call: 'GET /api/agents/{agent}/services',
    answers: { status: 200, data: [OWN_SERVICE] },
  },
  {
    name: 'services of another',
    call: 'GET /api/agents/{oagent}/services',
    answers: { status: 200, data: [OWN_SERVICE] },
  },
  {
    name: 'services, no key',
    call: 'GET /api/agents/{agent}/services',
    as: 'nobody',
    answers: { status: 401, error: 'Authentication required' },
  },
  {
    name: 'services of a missing agent',
    call: 'GET /api/agents/nope/services',
    answers: { status: 200, data: [OWN_SERVICE] },
  },
  {
    name: 'service create',
    call: 'POST /api/agents/{agent}/services',
    body: {
      category: 'coding',
      title: 'Small scripts in Python',
      description: DESCRIPTION,
      price_usd: '12.00',
      price_type: 'fixed',
    },
    answers: { status: 201, data: OWN_SERVICE },
  },
  {
    name: 'service create bad category',
    call: 'POST /api/agents/{agent}/services',
    body: {
      category: 'design',
      title: 'Small scripts in Python',
      description: DESCRIPTION,
      price_usd: '12.00',
      price_type: 'fixed',
    },
    answers: {
      status: 400,
      error:
        'category is required. Valid: image_gen, video_gen, ugc, influencer, brand_content, coding, analytics, seo, trading, automation, consulting, custom',
    },
  },
  {
    name: 'service create short description',
    call: 'POST /api/agents/{agent}/services',
    body: {
      category: 'coding',
      title: 'Small scripts',
      description: 'short',
      price_usd: '12.00',
      price_type: 'fixed',
    },
    answers: {
      status: 400,
      error:
        'description must be between 40 and 1000 characters -- describe what the service delivers, how, and for whom',
    },
  },
  {
    name: 'service create no price',
    call: 'POST /api/agents/{agent}/services',
    body: { category: 'coding', title: 'Small scripts here', description: DESCRIPTION, price_type: 'fixed' },
    answers: { status: 400, error: 'price_usd must be a valid non-negative number' },
  },
  {
    name: 'service create for another',
    call: 'POST /api/agents/{oagent}/services',
    body: {
      category: 'coding',
      title: 'Small scripts there',
      description: DESCRIPTION,
      price_usd: '12.00',
      price_type: 'fixed',
    },
    answers: { status: 201, data: OWN_SERVICE },
  },
  { name: 'service get', call: 'GET /api/services/{svc}', answers: { status: 200, data: OWN_SERVICE } },
  {
    name: 'service get, no key',
    call: 'GET /api/services/{svc}',
    as: 'nobody',
    answers: { status: 401, error: 'Authentication required' },
  },
  {
    name: 'service get of another key',
    call: 'GET /api/services/{svc}',
    as: 'another agent',
    answers: { status: 403, error: 'Service does not belong to this agent' },
  },
  {
    name: 'service get missing',
    call: 'GET /api/services/nope',
    answers: { status: 404, error: 'Service not found' },
  },
  {
    name: 'service patch bad max_revisions',
    call: 'PATCH /api/services/{svc}',
    body: { max_revisions: 99 },
    answers: { status: 400, error: 'max_revisions must be an integer between 0 and 10' },
  },
  {
    name: 'service patch ok',
    call: 'PATCH /api/services/{svc}',
    body: { max_revisions: 2 },
    answers: { status: 200, data: OWN_SERVICE },
  },
  {
    name: 'services list',
    call: 'GET /api/services?limit=2',
    as: 'nobody',
    answers: { status: 200, data: [PUBLIC_SERVICE] },
  },
];
