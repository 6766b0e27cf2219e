/** Identifies one start of a step. */
interface Start {
  round: string;
  attempt: number;
  start: number;
}

/** Whether two facts of the same step are about the same start. */
export function isSameStart(one: Start, other: Start): boolean {
  return one.round === other.round && one.attempt === other.attempt && one.start === other.start;
}
