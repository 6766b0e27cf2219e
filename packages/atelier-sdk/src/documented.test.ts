import { describe, expect, expectTypeOf, it } from 'vitest';
import * as sdk from './index.ts';
import {
  type Agent,
  type AgentListItem,
  type AgentProfile,
  type ApiResponse,
  AtelierClient,
  type AtelierConfig,
  AtelierError,
  AuthenticationError,
  type Bounty,
  type BountyClaim,
  ConflictError,
  type CreateServiceInput,
  type DeliverableItem,
  type DeliverableMediaType,
  type DeliverOrderInput,
  ForbiddenError,
  HttpClient,
  type ListBountiesParams,
  type ListOrdersParams,
  type ModelInfo,
  NotFoundError,
  type Order,
  type OrderMessage,
  type OrderStatus,
  type PlatformStats,
  type PublicService,
  type QuoteOrderInput,
  RateLimitError,
  type RegisterAgentInput,
  type RegisterAgentResponse,
  SERVICE_CATEGORIES,
  type SendMessageInput,
  type Service,
  type ServiceCategory,
  signWebhook,
  type UpdateAgentInput,
  type UpdateServiceInput,
  ValidationError,
  type WebhookEvent,
  type WebhookEventType,
  type WebhookHandlerMap,
  WebhooksResource,
  WebhookVerificationError,
} from './index.ts';
import { json, ok, startServer } from './test-support/server.ts';

/**
 * A seller's program that uses every documented call. It compiles, or the interface is not the
 * documented one.
 */
async function everyCall(client: AtelierClient): Promise<void> {
  client.setApiKey('atelier_2');
  const registration: RegisterAgentInput = { name: 'Ada', description: 'Small images for a small price.' };
  const registered: RegisterAgentResponse = await client.agents.register(registration);
  const me: Agent = await client.agents.me();
  const change: UpdateAgentInput = { endpoint_url: 'https://seller.example/hook', capabilities: ['coding'] };
  const updated: Agent = await client.agents.update(change);
  const names: string[] = [registered.slug, me.slug, me.capabilities, updated.name];
  const agents: AgentListItem[] = await client.agents.list({ limit: 2 });
  const profile: AgentProfile = await client.agents.get('agt_1');
  const offers: PublicService[] = profile.services;
  const featured: AgentListItem[] = await client.agents.featured();
  const token: unknown = await client.agents.getToken('agt_1');
  await client.agents.registerToken('agt_1', { mint: 'mint' });
  await client.agents.launchToken('agt_1', { symbol: 'ADA' });
  await client.agents.managePortfolio('agt_1', { action: 'hide' });
  const recovered: unknown = await client.agents.recover({ owner_wallet: 'wallet' });
  names.push(profile.name, profile.agent.slug, ...[...agents, ...featured].map(({ slug }) => slug));
  names.push(...offers.map(({ title, price_usd: price }) => `${title} ${price}`));

  const service: CreateServiceInput = {
    category: 'image_gen',
    title: 'A logo',
    description: 'A logo for your project, as a PNG with a transparent background.',
    price_usd: '5.00',
  };
  const created: Service = await client.services.create('agt_1', service);
  const serviceChange: UpdateServiceInput = { max_revisions: 2 };
  await client.services.update('svc_1', serviceChange);
  const category: ServiceCategory = (await client.services.get('svc_1')).category;
  const turnaround: number = (await client.services.listForAgent('agt_1'))[0]?.turnaround_hours ?? 48;
  await client.services.list({ limit: 2 });
  await client.services.delete('svc_1');
  names.push(created.title, category);

  const wanted: ListOrdersParams = { status: 'paid,revision_requested' };
  const orders: Order[] = await client.orders.listForAgent('agt_1', wanted);
  const order: Order = await client.orders.get('ord_1');
  const wrapped = await client.orders.get('ord_1');
  names.push(wrapped.order.brief, ...wrapped.deliverables.map(({ deliverable_url: url }) => String(url)));
  const payment: (string | null)[] = [order.payment_method, order.escrow_tx_hash, order.service_id];
  const quote: QuoteOrderInput = { price_usd: '45.00' };
  const quoted: Order = await client.orders.quote('ord_1', quote);
  const mediaType: DeliverableMediaType = 'image';
  const item: DeliverableItem = { deliverable_url: 'https://a.example/1', deliverable_media_type: mediaType };
  const set: DeliverOrderInput = { deliverables: [item, item] };
  const status: OrderStatus = (await client.orders.deliver('ord_1', item)).status;
  await client.orders.deliver('ord_1', set);
  const messages: OrderMessage[] = await client.orders.getMessages('ord_1');
  const message: SendMessageInput = { content: 'Your logo is ready.' };
  const sent: OrderMessage = await client.orders.sendMessage('ord_1', message);
  await client.orders.approve('ord_1');
  await client.orders.cancel('ord_1');
  await client.orders.requestRevision('ord_1', 'A darker blue, please');
  await client.orders.dispute('ord_1');
  await client.orders.dispute('ord_1', 'Not what I ordered');
  names.push(quoted.id, status, sent.content, ...messages.map(({ content }) => content));

  const filter: ListBountiesParams = { status: 'open', sort: 'budget_desc', limit: 50, offset: 50 };
  const bounties: Bounty[] = await client.bounties.list(filter);
  const bounty: Bounty = await client.bounties.get('bty_1');
  const claim: BountyClaim = await client.bounties.claim('bty_1', { message: 'I can do that' });
  await client.bounties.claim('bty_1');
  names.push(bounty.category, bounty.expires_at, claim.status, ...bounties.map(({ title }) => title));
  names.push((await client.bounties.withdrawClaim('bty_1')).status);

  const market: Record<string, unknown> = await client.market.getData(['mint']);
  const models: ModelInfo[] = await client.models.list();
  const stats: PlatformStats = await client.metrics.platform();
  await client.metrics.activity({ page: 1, limit: 20 });
  expect([names, payment, turnaround, market, stats, orders, models, token, recovered]).toBeDefined();
}

/** Each method and path that `everyCall` uses, with its query. */
const EVERY_CALL = [
  'POST /api/agents/register',
  'GET /api/agents/me',
  'PATCH /api/agents/me',
  'GET /api/agents?limit=2',
  'GET /api/agents/agt_1',
  'GET /api/agents/featured',
  'GET /api/agents/agt_1/token',
  'POST /api/agents/agt_1/token',
  'POST /api/agents/agt_1/token/launch',
  'PATCH /api/agents/agt_1/portfolio',
  'POST /api/agents/recover',
  'POST /api/agents/agt_1/services',
  'PATCH /api/services/svc_1',
  'GET /api/services/svc_1',
  'GET /api/agents/agt_1/services',
  'GET /api/services?limit=2',
  'DELETE /api/services/svc_1',
  'GET /api/agents/agt_1/orders?status=paid,revision_requested',
  'GET /api/orders/ord_1',
  'POST /api/orders/ord_1/quote',
  'POST /api/orders/ord_1/deliver',
  'GET /api/orders/ord_1/messages',
  'POST /api/orders/ord_1/messages',
  'PATCH /api/orders/ord_1',
  'GET /api/bounties?status=open&sort=budget_desc&limit=50&offset=50',
  'GET /api/bounties/bty_1',
  'POST /api/bounties/bty_1/claim',
  'DELETE /api/bounties/bty_1/claim',
  'POST /api/market',
  'GET /api/models',
  'GET /api/platform-stats',
  'GET /api/metrics/activity?page=1&limit=20',
] as const;

/** The documented way to receive webhooks. */
function everyWebhook(client: AtelierClient): WebhookHandlerMap {
  const fulfil = async (orderId: string) => expect(orderId).not.toBe('');
  const webhooks: WebhooksResource | null = client.webhooks;
  if (!webhooks) throw new Error('The secret turns webhooks on');
  const handlers: WebhookHandlerMap = {
    'order.paid': async (event) => void (await fulfil(event.order_id)),
    'order.message': (event: WebhookEvent) => expect(event.data.content).toBeDefined(),
    'order.revision_requested': ({ data }) => expect(data.feedback).toBe('Blue'),
    'bounty.accepted': async ({ data }) => expect(data.bounty_id).toBe('bty_1'),
  };
  const handle: (req: { body: string; headers: Record<string, string | undefined> }) => Promise<void> =
    webhooks.createHandler(handlers);
  expect(handle).toBeTypeOf('function');
  return handlers;
}

describe('the documented interface', () => {
  it('has every call, and each call reaches the marketplace', async () => {
    await using server = await startServer();
    server.answer = (response, request) => {
      const isList =
        request.method === 'GET' &&
        /\/(models|featured|messages|orders\?.*|bounties\?.*|activity.*|agents\?.*|services\?.*|agt_1\/services)$/.test(
          request.url,
        );
      const data = isList ? [] : { id: 'x', status: 'paid', agent: {}, services: [] };
      json(200, ok(data))(response, request);
    };
    const config: AtelierConfig = {
      apiKey: 'atelier_1',
      baseUrl: server.url,
      timeout: 30_000,
      webhookSecret: 'whsec_1',
    };
    await everyCall(new AtelierClient(config));
    const reached = server.seen.map(({ method, url }) => `${method} ${url}`);
    expect([...new Set(reached)].toSorted()).toEqual([...EVERY_CALL].toSorted());
  });

  it('exports every name that programs import at run time', () => {
    expect(Object.keys(sdk)).toEqual(
      expect.arrayContaining([
        'AtelierClient',
        'AtelierError',
        'AuthenticationError',
        'ConflictError',
        'ForbiddenError',
        'HttpClient',
        'NotFoundError',
        'RateLimitError',
        'SERVICE_CATEGORIES',
        'ValidationError',
        'WebhookVerificationError',
        'WebhooksResource',
      ]),
    );
    expect(SERVICE_CATEGORIES).toHaveLength(12);
  });

  it('verifies webhooks synchronously', () => {
    const client = new AtelierClient({ webhookSecret: 'whsec_1' });
    const body = JSON.stringify({ event: 'order.paid', order_id: 'ord_1', data: {} });
    const event = client.webhooks?.verify(body, signWebhook('whsec_1', body, (Date.now() / 1000) | 0));
    expect(event?.order_id).toBe('ord_1');
    expect(new WebhooksResource('whsec_1').verify).toBeTypeOf('function');
    expect(everyWebhook(client)).toHaveProperty('order.paid');
    expect(new AtelierClient().webhooks).toBeNull();
    expectTypeOf<WebhookEvent['event']>().toEqualTypeOf<WebhookEventType>();
    expectTypeOf<WebhookEvent>().toExtend<{
      event: WebhookEventType;
      order_id: string;
      data: Record<string, unknown>;
    }>();
  });

  it('has the errors with their constructors, statuses and codes', () => {
    const errors: [AtelierError, number, string][] = [
      [new ValidationError('no'), 400, 'VALIDATION_ERROR'],
      [new AuthenticationError('no'), 401, 'AUTHENTICATION_ERROR'],
      [new ForbiddenError('no'), 403, 'FORBIDDEN'],
      [new NotFoundError('no'), 404, 'NOT_FOUND'],
      [new ConflictError('no'), 409, 'CONFLICT'],
      [new RateLimitError('no', 30), 429, 'RATE_LIMITED'],
      [new AtelierError('no', 503, 'API_ERROR'), 503, 'API_ERROR'],
    ];
    for (const [error, status, code] of errors) {
      expect(error).toBeInstanceOf(AtelierError);
      expect(error).toMatchObject({ message: 'no', status, code });
    }
    expect(new RateLimitError('no', 30).retryAfter).toBe(30);
    const rejected = new WebhookVerificationError('Bad signature');
    expect(rejected).toMatchObject({ name: 'WebhookVerificationError', message: 'Bad signature' });
    expect(rejected).not.toBeInstanceOf(AtelierError);
  });

  it("supports a program's own calls", async () => {
    await using server = await startServer(json(200, ok({ id: 'agt_1' })));
    const http = new HttpClient({ apiKey: 'atelier_1', baseUrl: server.url });
    http.setApiKey('atelier_2');
    const agent: { id: string } = await http.get<{ id: string }>('/api/agents', { search: 'Ada', page: 2 });
    await http.post('/api/agents/register', { name: 'Ada' });
    await http.patch('/api/agents/me', {});
    await http.del('/api/services/svc_1', { reason: undefined });
    const envelope: ApiResponse<{ id: string }> = { success: true, data: agent, total: 1 };
    expect(envelope.data?.id).toBe('agt_1');
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/agents?search=Ada&page=2',
      'POST /api/agents/register',
      'PATCH /api/agents/me',
      'DELETE /api/services/svc_1',
    ]);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer atelier_2');
  });
});
