import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Account, type ConfiguredAccount, hashPassword, type Role } from '@fulfillment/shared';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';
import { Accounts } from './accounts.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_1' };
const FAILED = { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'The model is away.' } as const;
const passwordHash = await hashPassword(PASSWORD);
const ADA: ConfiguredAccount = { name: 'Ada', role: 'owner', passwordHash };
const BEN: ConfiguredAccount = { name: 'Ben', role: 'operator', passwordHash };
const VERA: ConfiguredAccount = { name: 'Vera', role: 'viewer', passwordHash };
const ALL = [ADA, BEN, VERA];

/** The routes of each server that starts while this is open. */
const routes: { method: string; url: string; role: Role | undefined; isOpen: boolean }[] = [];
function noteRoutes(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
    for (const one of [method].flat()) {
      routes.push({ method: one, url, role: config?.role, isOpen: config?.access === 'anyone' });
    }
  });
}

let admin: TestAdmin;
const sessions = new Map<string, string>();
beforeAll(async () => {
  subscribe('fastify.initialization', noteRoutes);
  admin = await startTestAdmin({}, ALL);
  unsubscribe('fastify.initialization', noteRoutes);
  await putOrder(admin.runtime, REF, { facts: [FAILED] });
  for (const { name } of ALL) sessions.set(name, await admin.logIn(name));
});
afterAll(() => admin.close());

function sessionOf(name: string): string {
  return sessions.get(name) ?? '';
}

async function actAs(name: string, path: string, form: Record<string, string> = {}) {
  return admin.press(path, form, { cookie: sessionOf(name) });
}

/** The button "Retry" of the order's page. */
async function retryForm(name: string): Promise<Record<string, string> | null> {
  const { body } = await admin.ask('/orders/agent_1/ord_1', { headers: { cookie: sessionOf(name) } });
  const form = body.match(/<form[^>]*\/actions"[\s\S]*?<\/form>/)?.[0];
  if (form === undefined) return null;
  const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, field = '', value = '']) => [field, value]));
}

test('accounts of the configuration file log in without ADMIN_PASSWORD, each with its own name', async () => {
  for (const { name } of ALL) {
    const { body } = await admin.ask('/', { headers: { cookie: sessionOf(name) } });
    expect(body).toContain(name);
    expect(body).not.toContain('No login.');
  }
});

test('a viewer is refused at every route that can change something', async () => {
  const changing = routes.filter(({ method, isOpen }) => method !== 'GET' && method !== 'HEAD' && !isOpen);
  expect(changing.length).toBeGreaterThan(6);
  const cookie = sessionOf('Vera');
  for (const { method, url } of changing) {
    const path = url
      .replace(':agentId', 'agent_1')
      .replace(':orderId', 'ord_1')
      .replace(':queue', 'generation')
      .replace(':queueName', 'generation')
      .replace(/:\w+/g, 'pause');
    const answer = await admin.ask(path, { method, headers: { origin: admin.address, cookie } });
    expect({ method, url, status: answer.status }).toEqual({ method, url, status: 403 });
  }
  const record = await admin.runtime.store.load(REF);
  expect(record?.facts.filter(({ type }) => type.startsWith('operator_'))).toEqual([]);
});

test('a viewer sees the failed order, and no button', async () => {
  expect(await retryForm('Vera')).toBeNull();
  expect(await retryForm('Ben')).not.toBeNull();
});

test('an action carries the name of the person who pressed the button', async () => {
  const answer = await actAs('Ben', '/orders/agent_1/ord_1/actions', (await retryForm('Ben')) ?? {});
  expect(answer.status).toBe(303);
  const record = await admin.runtime.store.load(REF);
  expect(record?.facts.filter(({ type }) => type === 'operator_retried')).toMatchObject([{ by: 'Ben' }]);
});

test('only an owner pauses a queue, and the answer to others says which role is missing', async () => {
  const refused = await actAs('Ben', '/system/queues/generation/pause');
  expect(refused.status).toBe(403);
  expect(refused.body).toContain('needs the role owner');
  expect(await admin.runtime.queues.get('generation').isPaused()).toBe(false);
  expect((await actAs('Ada', '/system/queues/generation/pause')).status).toBe(303);
  const { body } = await admin.ask('/system', { headers: { cookie: sessionOf('Vera') } });
  expect(body).toContain('Ada');
  expect((await actAs('Ada', '/system/queues/generation/resume')).status).toBe(303);
});

test.each<[string, ConfiguredAccount[]]>([
  ['is removed', [ADA, VERA]],
  ['gets another password', [ADA, { ...BEN, passwordHash: await hashPassword(`${PASSWORD}!`) }, VERA]],
])('the session of an account ends when the account %s', async (_change, accounts) => {
  const cookie = sessionOf('Ben');
  const others = sessionOf('Ada');
  const changed = await startTestAdmin({}, accounts);
  expect((await changed.ask('/', { headers: { cookie } })).status).toBe(303);
  expect((await changed.press('/system/queues/generation/pause', {}, { cookie })).status).toBe(401);
  expect((await changed.ask('/', { headers: { cookie: others } })).status).toBe(200);
  await changed.close();
});

test('a session has the role that the configuration gives now', async () => {
  const cookie = sessionOf('Ada');
  const changed = await startTestAdmin({}, [{ ...ADA, role: 'viewer' }]);
  expect((await changed.press('/system/queues/generation/pause', {}, { cookie })).status).toBe(403);
  await changed.close();
});

test('ADMIN_PASSWORD adds an owner to the accounts', async () => {
  const both = await Accounts.create({ ADMIN_USER: 'operator', ADMIN_PASSWORD: PASSWORD }, [VERA]);
  const owner: Account = { name: 'operator', role: 'owner' };
  expect(await both.find('operator', PASSWORD)).toEqual(owner);
  expect(await both.find('Vera', PASSWORD)).toEqual({ name: 'Vera', role: 'viewer' });
  expect(await both.find('Vera', 'another password')).toBeNull();
  expect(both.ofSession(both.beginSession(owner, 0), 1)).toEqual(owner);
  expect(both.ofSession(both.beginSession(owner, 0), 13 * 3600 * 1000)).toBeNull();
});

test('ADMIN_USER must differ from the names of the configuration file', async () => {
  await expect(Accounts.create({ ADMIN_USER: 'Ada', ADMIN_PASSWORD: PASSWORD }, [ADA])).rejects.toThrow(
    'have the name "Ada"',
  );
});
