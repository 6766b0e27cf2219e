import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AdminOptions } from '../options.ts';
import { frameOf } from '../page/frame.ts';
import { type Html, html } from '../page/html.ts';
import { page } from '../page/layout.ts';
import { beginSession, endSession } from './session.ts';

const ATTEMPTS_A_MINUTE = 10;
const OPEN = { access: 'anyone', needsRedis: false } as const;

const field = z.string().max(1000).catch('');
const loginForm = z
  .object({ user: field, password: field, next: field })
  .catch({ user: '', password: '', next: '' });

/** Serves `/login` and `/logout`. */
export function loginRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { accounts, log } = options;

  server.get<{ Querystring: Record<string, unknown> }>('/login', { config: OPEN }, (request, reply) => {
    const next = ownPath(field.parse(request.query.next));
    if (request.account !== null) return reply.redirect(next, 303);
    return reply
      .type('text/html; charset=utf-8')
      .send(page(frameOf(options, reply, { title: 'Log in', isGuest: true }), form(next, null)));
  });

  const rateLimit = { max: ATTEMPTS_A_MINUTE, timeWindow: '1 minute' };
  server.post('/login', { config: { ...OPEN, rateLimit } }, async (request, reply) => {
    const { user, password, next } = loginForm.parse(request.body);
    const account = await accounts.find(user, password);
    if (account !== null) {
      log.info({ by: account.name, role: account.role, ip: request.ip }, 'logged in');
      beginSession(accounts, account, reply);
      return reply.redirect(ownPath(next), 303);
    }
    log.warn({ ip: request.ip }, 'login refused');
    const content = form(ownPath(next), 'This name and password do not match.');
    return reply
      .code(401)
      .type('text/html; charset=utf-8')
      .send(page(frameOf(options, reply, { title: 'Log in', isGuest: true }), content));
  });

  server.post('/logout', { config: OPEN }, (request, reply) => {
    endSession(request, reply);
    return reply.redirect('/login', 303);
  });
}

/**
 * The page to open after the login: always a path of ours, whatever the link to the login named.
 */
function ownPath(next: string): string {
  const url = next.startsWith('/') ? URL.parse(next, 'http://own.invalid') : null;
  return url?.host === 'own.invalid' && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}

function form(next: string, problem: string | null): Html {
  return html`<form class="login panel" method="post" action="/login">
    <h1>Fulfillment</h1>
    ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
    <input type="hidden" name="next" value="${next}">
    <label class="field">Name <input name="user" autocomplete="username" required autofocus></label>
    <label class="field">Password <input name="password" type="password" autocomplete="current-password" required></label>
    <button class="primary">Log in</button>
  </form>`;
}
