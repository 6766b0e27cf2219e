import {
  type OrderRecord,
  type OrderRef,
  type OrderSnapshot,
  parseFact,
  type Recorded,
} from '@fulfillment/shared';

const FACT_FIELD = 'fact:';

/** Makes a record of the hash that holds it; null when there is none. What cannot be read is left out, not fatal. */
export function readRecord(ref: OrderRef, fields: Record<string, string>): OrderRecord | null {
  if (fields.agentId === undefined) return null;
  const facts = Object.entries(fields)
    .filter(([name]) => name.startsWith(FACT_FIELD))
    .flatMap(([, value]) => readFact(value))
    .toSorted((a, b) => a.fact.at - b.fact.at || a.place - b.place)
    .map(({ fact }) => fact);
  const snapshot = readSnapshot(fields.snapshot);
  return {
    ...ref,
    snapshot,
    observedAt: snapshot === null ? 0 : numberOr(fields.observedAt, 0),
    hints: numberOr(fields.hints, 0),
    hintsAnswered: numberOr(fields.hintsAnswered, 0),
    turnaroundHours:
      fields.turnaroundHours === undefined ? null : numberOr(fields.turnaroundHours, 0) || null,
    facts,
  };
}

/** A snapshot is written by us alone, whole; a damaged one counts as none, and the order is read again. */
export function readSnapshot(text: string | undefined | null): OrderSnapshot | null {
  return parsed<OrderSnapshot>(text);
}

/** Reads back what we wrote. Null when there is nothing, or it is damaged. */
export function parsed<T>(text: string | undefined | null): T | null {
  if (text === undefined || text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

/** `<ms>.<place>|<JSON>` */
function readFact(stored: string): { fact: Recorded; place: number }[] {
  const [, ms, place, json] = /^(\d+)(?:\.(\d+))?\|(.*)$/s.exec(stored) ?? [];
  const fact = json === undefined ? null : parseFact(json);
  return fact === null ? [] : [{ fact: { ...fact, at: Number(ms) }, place: Number(place ?? 0) }];
}

function numberOr(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return text === undefined || Number.isNaN(value) ? fallback : value;
}
