/** What a file that the handler made says of itself. */
export interface Made {
  order: string;
  round: number;
  /** What the buyer wants changed; null: the handler was told nothing. */
  feedback: string | null;
  /** Which of the round's files it is, from 1. */
  file: number;
}

export function fileBody(made: Made): string {
  return JSON.stringify(made);
}

/** @returns null for a text that the handler did not make. */
export function readFileBody(body: string): Made | null {
  try {
    const { order, round, feedback, file } = JSON.parse(body) as Made;
    return { order, round, feedback, file };
  } catch {
    return null;
  }
}
