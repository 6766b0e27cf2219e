import { type Columns, writeExport } from '@fulfillment/ledger';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AdminOptions } from '../options.ts';
import { sendFile } from '../page/send-file.ts';
import { sendPage } from '../page/send-page.ts';
import { ACTIONS, type ActionName } from './audit-actions.ts';
import { type AuditQuery, type AuditRow, allAuditRows, auditRows } from './audit-data.ts';
import { auditPage } from './audit-page.ts';

/** What cannot be read becomes the default. An empty field of the form is the default. */
const auditQuery = z.object({
  by: z.string().min(1).max(200).nullable().catch(null).default(null),
  action: z
    .enum(ACTIONS as [ActionName, ...ActionName[]])
    .nullable()
    .catch(null)
    .default(null),
  before: z.coerce.number().int().positive().nullable().catch(null).default(null),
}) satisfies z.ZodType<AuditQuery>;

const AUDIT_COLUMNS: Columns<AuditRow> = {
  time: ({ at }) => new Date(at).toISOString(),
  operator: ({ operator }) => operator,
  action: ({ action }) => action,
  subject: ({ subject }) => subject,
  note: ({ note }) => note,
  agent_id: ({ ref }) => ref?.agentId ?? null,
  order_id: ({ ref }) => ref?.orderId ?? null,
};

/** Serves `/audit`: the actions of all operators, as a page and as a file. */
export function auditRoutes(server: FastifyInstance, options: AdminOptions): void {
  server.get('/audit', async (request, reply) => {
    const query = auditQuery.parse(request.query);
    const ledger = await options.ledger();
    const [found, onOrders, onSystem] = await Promise.all([
      auditRows(options, query),
      ledger.actions.operators(),
      options.audit.operators(),
    ]);
    const chosen = query.by === null ? [] : [query.by];
    const operators = [
      ...new Set([...options.accounts.names, ...onOrders, ...onSystem, ...chosen]),
    ].toSorted();
    const content = auditPage({ query, ...found, operators });
    return sendPage(options, reply, { title: 'Audit', section: 'audit', content });
  });

  server.get('/audit/export.csv', async (request, reply) => {
    const query = auditQuery.parse(request.query);
    const parts = writeExport(allAuditRows(options, query), AUDIT_COLUMNS, 'csv');
    const day = new Date(await options.store.now()).toISOString().slice(0, 10);
    return sendFile(reply, { name: `audit-${day}.csv`, type: 'text/csv', parts });
  });
}
