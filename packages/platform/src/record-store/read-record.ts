import {
  type OrderRecord,
  type OrderRef,
  type OrderSnapshot,
  parseFact,
  type Recorded,
  readStoredSnapshot,
  type SoldService,
  soldServiceSchema,
} from '@fulfillment/shared';
import { parsed, readStored } from '../redis/stored-json.ts';
import { FIRST_COUNTED_PLACE } from './fact-places.ts';
import { TextCache } from './text-cache.ts';

const FACT_FIELD = 'fact:';
/** The field of a write's mark begins with this. See `OpenWrites`. */
export const MARK_FIELD = 'write:';

/** The parts of a record's hash. */
interface RecordParts {
  /** The values of the facts, in any order. */
  facts: string[];
  /** The marks of open writes, by their fields. */
  marks: Record<string, string>;
  /** All other fields. */
  fields: Record<string, string>;
}

/**
 * Takes a record's hash apart, as a script returns it.
 * @param stored alternating fields and values.
 */
export function partsOf(stored: readonly string[]): RecordParts {
  const parts = noParts();
  for (let place = 0; place + 1 < stored.length; place += 2)
    addField(parts, stored[place] ?? '', stored[place + 1] ?? '');
  return parts;
}

/** Takes a record's hash apart, as `hgetall` returns it. */
export function partsOfHash(hash: Readonly<Record<string, string>>): RecordParts {
  const parts = noParts();
  for (const [name, value] of Object.entries(hash)) addField(parts, name, value);
  return parts;
}

function noParts(): RecordParts {
  return { facts: [], marks: {}, fields: {} };
}

function addField(parts: RecordParts, name: string, value: string): void {
  if (name.startsWith(FACT_FIELD)) parts.facts.push(value);
  else if (name.startsWith(MARK_FIELD)) parts.marks[name] = value;
  else parts.fields[name] = value;
}

/**
 * Turns a record's hash into the record, or null if the hash is empty. A part that cannot be read
 * is left out, so that it does not block the order.
 */
export function readRecord(
  ref: OrderRef,
  { fields, facts }: Pick<RecordParts, 'fields' | 'facts'>,
): OrderRecord | null {
  if (fields.agentId === undefined) return null;
  const snapshot = readSnapshot(fields.snapshot);
  const service = readService(fields.service);
  return {
    ...ref,
    snapshot,
    observedAt: snapshot === null ? 0 : numberOr(fields.observedAt, 0),
    hints: numberOr(fields.hints, 0),
    hintsAnswered: numberOr(fields.hintsAnswered, 0),
    hintedAt: numberOr(fields.hintedAt, 0),
    reads: numberOr(fields.reads, 0),
    threadReadAt: numberOr(fields.threadReadAt, 0),
    service,
    // Earlier versions stored only the turnaround.
    turnaroundHours: service?.turnaroundHours ?? (numberOr(fields.turnaroundHours, 0) || null),
    facts: readFacts(facts),
  };
}

/**
 * Reads stored facts.
 * @returns the facts, oldest first.
 */
export function readFacts(stored: readonly string[]): Recorded[] {
  return stored
    .flatMap((text) => factCache.read(text))
    .sort(inOrder)
    .map(({ fact }) => fact);
}

/** A damaged snapshot is ignored, and the order is read again. */
export function readSnapshot(text: string | undefined | null): OrderSnapshot | null {
  return typeof text === 'string' ? snapshotCache.read(text) : null;
}

/** A damaged service is ignored, and the service is read again. */
export function readService(text: string | undefined | null): SoldService | null {
  return readStored(soldServiceSchema, text);
}

interface ReadFact {
  fact: Recorded;
  place: number;
}

/** Orders facts by their count. Facts of versions that did not count are ordered by their time. */
function inOrder(a: ReadFact, b: ReadFact): number {
  const areCounted = Math.min(a.place, b.place) >= FIRST_COUNTED_PLACE;
  return (areCounted ? 0 : a.fact.at - b.fact.at) || a.place - b.place;
}

/** `<ms>.<place>|<JSON>` */
function parseStored(stored: string): ReadFact[] {
  const [, ms, place, json] = /^(\d+)(?:\.(\d+))?\|(.*)$/s.exec(stored) ?? [];
  const fact = json === undefined ? null : parseFact(json);
  return fact === null ? [] : [{ fact: { ...fact, at: Number(ms) }, place: Number(place ?? 0) }];
}

/** A stored fact never changes, and each step of an order reads the record. */
const factCache = new TextCache(parseStored, { most: 5000, longest: 2000 });

/** Most steps of an order read the snapshot that the step before read, a moment earlier. */
const snapshotCache = new TextCache((text) => readStoredSnapshot(parsed(text)), {
  most: 200,
  longest: 10_000,
});

export function numberOr(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? fallback : value;
}
