import type { Evidence } from './evidence.ts';
import { KINDS, struck } from './struck.ts';

/** The counts of a run, by table and by line of the table. Runs can be added up. */
export type Totals = Record<'orders' | 'buyers' | 'marketplace' | 'struck', Record<string, number>>;

export function totalsOf(evidence: Evidence): Totals {
  const { orders, calls, webhooks } = evidence;
  const states = orders.flatMap(({ market }) =>
    market.states.map(({ status }, index) => ({ status, before: market.states[index - 1]?.status ?? '' })),
  );
  const became = (status: string) => states.filter((state) => state.status === status).length;
  const cancelled = states.filter(({ status }) => status === 'cancelled');
  const cancelledPaid = cancelled.filter(({ before }) => before === 'paid').length;
  const byBuyers = orders.flatMap(({ market }) =>
    market.messages.filter((message) => message.sender_type !== 'agent'),
  );
  const byKind = Map.groupBy(orders, ({ plan }) => plan.kind);
  return {
    orders: Object.fromEntries([...byKind].map(([kind, all]) => [kind, all.length])),
    buyers: {
      'revisions asked for': became('revision_requested'),
      'cancelled before paying': cancelled.length - cancelledPaid,
      'cancelled after paying': cancelledPaid,
      approved: became('completed'),
      disputed: became('disputed'),
      'messages written': byBuyers.length,
    },
    marketplace: {
      deliveries: became('delivered'),
      'API calls': calls.length,
      'webhooks sent': webhooks.filter(({ lost }) => !lost).length,
    },
    struck: struck(evidence),
  };
}

export function added(all: readonly Totals[]): Totals {
  const sum = (table: keyof Totals): Record<string, number> => {
    const lines = new Set(all.flatMap((totals) => Object.keys(totals[table])));
    const total = (line: string) => all.reduce((so, totals) => so + (totals[table][line] ?? 0), 0);
    return Object.fromEntries([...lines].map((line) => [line, total(line)]));
  };
  return {
    orders: sum('orders'),
    buyers: sum('buyers'),
    marketplace: sum('marketplace'),
    struck: sum('struck'),
  };
}

/** As lines: sentences, and the table of docs/reliability.md. */
export function totalsLines({ orders, buyers, marketplace, struck: strikes }: Totals): string[] {
  const count = Object.values(orders).reduce((total, number) => total + number, 0);
  const list = (table: Record<string, number>) =>
    Object.entries(table)
      .map(([line, number]) => `${line} ${number.toLocaleString('en')}`)
      .join(', ');
  const width = Math.max(...KINDS.map((kind) => kind.length));
  return [
    `${count.toLocaleString('en')} orders: ${list(orders)}.`,
    `Buyers: ${list(buyers)}.`,
    `Marketplace: ${list(marketplace)}.`,
    '',
    `| ${'what struck'.padEnd(width)} | how often |`,
    `| ${'-'.repeat(width)} | --------- |`,
    ...KINDS.map(
      (kind) => `| ${kind.padEnd(width)} | ${(strikes[kind] ?? 0).toLocaleString('en').padEnd(9)} |`,
    ),
  ];
}
