import type { OperatorAction } from '@fulfillment/ledger';
import type { AuditEntry } from '@fulfillment/platform';
import type { AdminOptions } from '../options.ts';
import type { ActionName } from './audit-actions.ts';

/** The state of the page. All of it is in the URL. */
export interface AuditQuery {
  /** Only of this operator. */
  by: string | null;
  action: ActionName | null;
  /** Only before this time, in ms since the epoch. Null: the newest. */
  before: number | null;
}

/** What an operator did, to an order or to the system. */
export type AuditRow = Omit<OperatorAction, 'ref'> & { ref: OperatorAction['ref'] | null };

/** A page has this many rows, and the next page begins before the time of its last row. */
const PAGE_ROWS = 100;
/** Rows with one time are not divided between pages. More than this many do not occur. */
const SPARE_ROWS = 100;

/** A page of the list. */
export interface AuditRows {
  rows: AuditRow[];
  hasOlder: boolean;
}

/** The newest actions that match, of orders and of the system, in one list. */
export async function auditRows(
  { ledger: open, audit }: Pick<AdminOptions, 'ledger' | 'audit'>,
  { by, action, before }: AuditQuery,
): Promise<AuditRows> {
  const until = before ?? Number.MAX_SAFE_INTEGER;
  const ledger = await open();
  const ofOrders = await ledger.actions.list(
    { before: until, ...(by !== null && { by }), ...(action !== null && { actions: [action] }) },
    PAGE_ROWS + SPARE_ROWS,
  );
  const ofSystem: AuditRow[] = [];
  for await (const entry of audit.newest(until)) {
    if ((by === null || entry.by === by) && (action === null || entry.action === action))
      ofSystem.push(rowOf(entry));
    if (ofSystem.length === PAGE_ROWS + SPARE_ROWS) break;
  }
  const all = [...ofOrders, ...ofSystem].toSorted((a, b) => b.at - a.at);
  const last = all[PAGE_ROWS - 1];
  const rows = last === undefined ? all : all.filter(({ at }) => at >= last.at);
  return { rows, hasOlder: rows.length < all.length };
}

/** All actions that match, the newest first. */
export async function* allAuditRows(
  options: Pick<AdminOptions, 'ledger' | 'audit'>,
  query: AuditQuery,
): AsyncGenerator<AuditRow> {
  let { before } = query;
  for (;;) {
    const { rows, hasOlder } = await auditRows(options, { ...query, before });
    yield* rows;
    before = rows.at(-1)?.at ?? null;
    if (!hasOlder) return;
  }
}

function rowOf({ at, by, action, subject }: AuditEntry): AuditRow {
  return { ref: null, service: null, at, operator: by, action, subject, note: null };
}
