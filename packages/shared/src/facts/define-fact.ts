import { z } from 'zod';

/** Who caused a fact. `ours` is this system itself, its handlers included. */
type Side = 'buyer' | 'marketplace' | 'ours' | 'operator';

/**
 * How many facts of one type a record keeps while its order stays open. Types that can occur
 * without end need a limit. What an order can go through (statuses, rounds, steps, tries) limits
 * the others.
 */
export type Retention<F> =
  | 'always'
  | {
      /** How many facts to keep. The newest facts stay. */
      newest: number;
      /** Counts `newest` separately for each group that this function names. */
      per?: (fact: F) => string;
      /** Keeps the oldest fact for which this is true as well. */
      andFirst?: (fact: F) => boolean;
    };

/** One part of a key. `undefined` leaves the part out. */
type KeyPart = string | number | undefined;

/** Everything the system knows about one type of fact, except its fields. */
export interface FactRules<F> {
  /**
   * Identifies the event. Two facts of a type with equal parts describe the same event, and the
   * record keeps the first one. Stored records contain these keys: never change them.
   */
  key: (fact: F) => readonly KeyPart[];
  /** The fact in one short sentence, for people. */
  story: (fact: F) => string;
  side: Side;
  keep: Retention<F>;
  /** The whole text, if the story quotes only its beginning. */
  text?: (fact: F) => string | null;
  /** Whether the admin marks the fact as trouble. */
  isTrouble?: (fact: F) => boolean;
}

/** The definition of a fact: its fields, without `type`, and its rules. */
export interface FactDefinition<Fields extends z.ZodRawShape>
  extends FactRules<z.output<z.ZodObject<Fields>>> {
  fields: Fields;
}

/** Defines a type of fact. Each entry of a table of facts has the name of its type. */
export function fact<Type extends string, Fields extends z.ZodRawShape>(
  type: Type,
  { fields, ...rules }: FactDefinition<Fields>,
) {
  return { ...rules, type, schema: z.object({ type: z.literal(type), ...fields }) };
}
