import { fromMicros } from '@fulfillment/shared';
import type { Comparison, Condition, Filter } from './filter.ts';
import { quoteValue } from './tokens.ts';

/** The text of a filter, for a search box or a URL. `parseFilter` reads the same filter from it. */
export function formatFilter(filter: Filter): string {
  return filter.map((condition) => `${condition.isNegated ? '-' : ''}${partOf(condition)}`).join(' ');
}

function partOf(condition: Condition): string {
  switch (condition.kind) {
    case 'word':
      return quoteValue(condition.text);
    case 'text':
      return `${condition.field}:${condition.isExact ? '=' : ''}${quoteValue(condition.text)}`;
    case 'stage':
      return `stage:${condition.stage}`;
    case 'state':
      return `is:${condition.state}`;
    case 'amount':
      return `${condition.field}:${signOf(condition.comparison)}${fromMicros(condition.micros)}`;
    case 'number':
      return `${condition.field}:${signOf(condition.comparison)}${condition.value}`;
    case 'span':
      return `${condition.field}:${condition.comparison}${spanText(condition.ms)}`;
    case 'period':
      return `${condition.field}:${signOf(condition.comparison)}${condition.text}`;
  }
}

function signOf(comparison: Comparison): string {
  return comparison === '=' ? '' : comparison;
}

function spanText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes % 1440 === 0 && minutes > 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
