/** References beyond this number are left out. The marketplace takes up to 5. */
const MAX_REFERENCES = 20;
/** Higher counts are invalid, because a round's name contains its number (see `ROUND_PATTERN`). */
const MAX_COUNT = 999_999;
/**
 * Answers nested deeper than this are left out, because they could not be written to JSON again.
 */
const MAX_DEPTH = 32;

/** A date, and optionally a time after a blank or `T`, with or without a zone. */
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Reads a time of the marketplace into ms since the epoch. The formats `YYYY-MM-DD HH:MM:SS` and
 * ISO 8601 both occur. A time without a zone is UTC, in whatever zone we run.
 * @returns null for any other format.
 */
export function parseTime(text: string): number | null {
  const [, day, clock = '00:00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  if (day === undefined) return null;
  const time = Date.parse(`${day}T${clock}${zone}`);
  return Number.isNaN(time) ? null : time;
}

/** Reads one field at a time and collects the problems. */
export class FieldReader {
  readonly problems: string[] = [];
  readonly raw: Record<string, unknown>;

  constructor(raw: Record<string, unknown>) {
    this.raw = raw;
  }

  /** Whether a field has a value. Null: the answer has no such field. */
  isGiven(name: string): boolean | null {
    const value = this.raw[name];
    return value === undefined ? null : value !== null && value !== '';
  }

  text(name: string): string | null {
    const value = this.raw[name];
    if (value === undefined || value === null) return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    return this.#wrong(name, 'text');
  }

  count(name: string): number | null {
    const value = this.raw[name];
    if (value === undefined || value === null) return null;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MAX_COUNT) {
      // JSON can contain -0, which does not survive a round trip.
      return Math.abs(number);
    }
    return this.#wrong(name, 'a whole number');
  }

  time(name: string): number | null {
    const value = this.raw[name];
    if (value === undefined || value === null) return null;
    const time = typeof value === 'string' ? parseTime(value) : null;
    return time ?? this.#wrong(name, 'a time');
  }

  urls(name: string): string[] {
    const value = this.#json(name);
    if (value === null) return [];
    if (!Array.isArray(value)) {
      this.#wrong(name, 'a list of URLs');
      return [];
    }
    return value.filter((entry) => typeof entry === 'string').slice(0, MAX_REFERENCES);
  }

  /** Any JSON of bounded depth. Null: absent, or not JSON. */
  json(name: string): unknown {
    const value = this.#json(name);
    return isDeeper(value, MAX_DEPTH) ? this.#wrong(name, `JSON of at most ${MAX_DEPTH} levels`) : value;
  }

  object(name: string): Record<string, unknown> {
    const value = this.#json(name);
    if (value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) this.#wrong(name, 'an object');
    else if (isDeeper(value, MAX_DEPTH)) this.#wrong(name, `an object of at most ${MAX_DEPTH} levels`);
    else return value as Record<string, unknown>;
    return {};
  }

  /** A value that may be given directly or as a string of JSON. Null: absent, empty or not JSON. */
  #json(name: string): unknown {
    const value = this.raw[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return this.#wrong(name, 'JSON');
    }
  }

  #wrong(name: string, expected: string): null {
    this.problems.push(`${name} is not ${expected}`);
    return null;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
