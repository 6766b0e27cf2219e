/** Why a handler gives up the first round of an order whose plan has `isByHand`. */
export const NEEDS_A_PERSON = 'this order needs a person';

/** The operator's words without which the handler refuses a revision beyond the price. */
export const NOTE = 'One more revision, as a courtesy.';

/** The description that a file of the handler contains about itself. */
export interface Made {
  order: string;
  round: number;
  /** The change that the buyer wants, or null if the handler received none. */
  feedback: string | null;
  /** The file's number within its round, from 1. */
  file: number;
}

export function fileBody(made: Made): string {
  return JSON.stringify(made);
}

/** Reads a file's description. @returns null for a text that the handler did not generate. */
export function readFileBody(body: string): Made | null {
  try {
    const { order, round, feedback, file } = JSON.parse(body) as Made;
    return { order, round, feedback, file };
  } catch {
    return null;
  }
}
