import type { App } from './apps.ts';

const SCOPE = '@fulfillment/';

/**
 * The apps that the filters select: `ingestor` or `@fulfillment/ingestor`, or with a `!` prefix all
 * apps except this one. Without filters: all apps.
 * @throws Error naming the existing apps, when a filter names none of them.
 */
export function selectApps(apps: readonly App[], filters: readonly string[]): App[] {
  const names = filters.map((filter) => filter.replace(/^!/, '').replace(SCOPE, ''));
  const unknown = names.find((name) => apps.every((app) => app.name !== name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no app named "${unknown}". The apps: ${apps.map(({ name }) => name).join(', ')}`,
    );
  }
  const left = new Set(names.filter((_name, index) => filters[index]?.startsWith('!')));
  const taken = new Set(names.filter((name) => !left.has(name)));
  return apps.filter(({ name }) => !left.has(name) && (taken.size === 0 || taken.has(name)));
}
