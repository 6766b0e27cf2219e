import { CATEGORIES, PRICE_TYPES, Refusal, type Service } from '../market/types.ts';

type Fields = Record<string, unknown>;
type Changes = Partial<
  Pick<
    Service,
    | 'title'
    | 'description'
    | 'category'
    | 'priceUsd'
    | 'priceType'
    | 'turnaroundHours'
    | 'maxRevisions'
    | 'quotaLimit'
    | 'requirementFields'
  >
>;

const MAX_TURNAROUND_HOURS = 8760;

/**
 * Reads a new service: category, title, description, price and its type are required. Assumptions:
 * the limits and texts for title, price type, quota and turnaround.
 * @throws Refusal 400
 */
export function readNewService(fields: Fields): Changes & { title: string } {
  const category = readCategory(fields.category);
  return {
    category,
    title: readTitle(fields.title),
    description: readDescription(fields.description),
    priceUsd: readPrice(fields.price_usd),
    priceType: readPriceType(fields.price_type),
    ...readNumbers(fields),
  };
}

/** Reads the changes of a service. @throws Refusal 400 */
export function readServiceChanges(fields: Fields): Changes {
  return {
    ...(fields.category === undefined ? {} : { category: readCategory(fields.category) }),
    ...(fields.title === undefined ? {} : { title: readTitle(fields.title) }),
    ...(fields.description === undefined ? {} : { description: readDescription(fields.description) }),
    ...(fields.price_usd === undefined ? {} : { priceUsd: readPrice(fields.price_usd) }),
    ...(fields.price_type === undefined ? {} : { priceType: readPriceType(fields.price_type) }),
    ...readNumbers(fields),
  };
}

function readCategory(value: unknown): string {
  const category = CATEGORIES.find((known) => known === value);
  if (category === undefined) {
    throw new Refusal(400, `category is required. Valid: ${CATEGORIES.join(', ')}`);
  }
  return category;
}

function readTitle(value: unknown): string {
  if (typeof value !== 'string' || value.length < 3 || value.length > 100) {
    throw new Refusal(400, 'title must be between 3 and 100 characters');
  }
  return value;
}

function readDescription(value: unknown): string {
  if (typeof value !== 'string' || value.length < 40 || value.length > 1000) {
    throw new Refusal(
      400,
      'description must be between 40 and 1000 characters -- describe what the service delivers, how, and for whom',
    );
  }
  return value;
}

function readPrice(value: unknown): string {
  const price = Number.parseFloat(String(value));
  if (!(price >= 0)) throw new Refusal(400, 'price_usd must be a valid non-negative number');
  return String(price);
}

function readPriceType(value: unknown): Service['priceType'] {
  const type = PRICE_TYPES.find((known) => known === value);
  if (type === undefined) throw new Refusal(400, `price_type must be one of: ${PRICE_TYPES.join(', ')}`);
  return type;
}

function readNumbers(fields: Fields): Changes {
  const { quota_limit: quota, max_revisions: revisions, turnaround_hours: hours } = fields;
  const changes: Changes = {};
  if (quota !== undefined) {
    if (!isCount(quota)) {
      throw new Refusal(400, 'quota_limit must be a non-negative integer (0 = unlimited)');
    }
    changes.quotaLimit = quota;
  }
  if (revisions !== undefined) {
    if (!isCount(revisions) || revisions > 10) {
      throw new Refusal(400, 'max_revisions must be an integer between 0 and 10');
    }
    changes.maxRevisions = revisions;
  }
  if (hours) changes.turnaroundHours = Math.min(Math.max(Number(hours) || 0, 0), MAX_TURNAROUND_HOURS);
  if (Array.isArray(fields.requirement_fields)) changes.requirementFields = fields.requirement_fields;
  return changes;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
