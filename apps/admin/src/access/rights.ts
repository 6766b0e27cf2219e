import { type Account, hasRightsOf, type Role } from '@fulfillment/shared';
import type { FastifyRequest } from 'fastify';
import type { AdminOptions } from '../options.ts';
import { mayChange } from './origin.ts';

/** Whether an account's role includes the rights that the request needs. */
export function isAllowed({ role }: Account, request: FastifyRequest): boolean {
  return hasRightsOf(role, neededRole(request));
}

/** The reason why a request is forbidden, for the person who sent it. */
export function tooLowRole({ name, role }: Account, request: FastifyRequest): string {
  return `This needs the role ${neededRole(request)}, and the account "${name}" has the role ${role}. Nothing was changed. The accounts and their roles are in the configuration file.`;
}

/** Whether the reader of a page may press buttons that need a role. */
export function mayAs(needed: Role, { isReadOnly }: AdminOptions, { account }: FastifyRequest): boolean {
  return !isReadOnly && account !== null && hasRightsOf(account.role, needed);
}

/** A route that does not name its role needs an operator if it can change something. */
function neededRole(request: FastifyRequest): Role {
  return request.routeOptions.config.role ?? (mayChange(request) ? 'operator' : 'viewer');
}

/**
 * The person who sends a request.
 * @throws Error on a route that guests may use.
 */
export function signedIn({ account }: FastifyRequest): Account {
  if (account === null) throw new Error('Nobody is logged in.');
  return account;
}
