import { type FactOf, factKey, type Recorded } from '../facts/facts.ts';
import { factsOf, type OrderRecord } from './record.ts';

type Release = FactOf<'operator_released'>;

/** The operators' releases that were not taken back, oldest first. */
export function releasesOf(record: OrderRecord): Recorded<Release>[] {
  const withdrawn = factsOf(record, 'operator_release_withdrawn').map((fact) =>
    factKey({ ...fact, type: 'operator_released' }),
  );
  return factsOf(record, 'operator_released').filter((release) => !withdrawn.includes(factKey(release)));
}

/** The number of a new release, if an earlier one of the same was taken back. Absent: none was. */
export function releaseNumber(
  record: OrderRecord,
  { round, attentionKey }: Pick<Release, 'round' | 'attentionKey'>,
): Pick<Release, 'again'> {
  const again = factsOf(record, 'operator_release_withdrawn').filter(
    (fact) => fact.round === round && fact.attentionKey === attentionKey,
  ).length;
  return again === 0 ? {} : { again };
}

/** The last release, if no handler has begun its round since. Null: there is none. */
export function withdrawableRelease(record: OrderRecord): Recorded<Release> | null {
  const last = releasesOf(record).at(-1);
  if (last === undefined) return null;
  const since = record.facts.slice(record.facts.indexOf(last) + 1);
  const hasBegun = since.some(
    (fact) =>
      (fact.type === 'began' || fact.type === 'generated' || fact.type === 'priced') &&
      (!('round' in fact) || fact.round === last.round),
  );
  return hasBegun ? null : last;
}
