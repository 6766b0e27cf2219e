/** Where a passage comes from: each kind has its own limits. `text` is a string literal that a person may read. */
export type PassageKind = 'document' | 'cell' | 'comment' | 'text';

/** A run of prose that a person reads. */
export interface Passage {
  kind: PassageKind;
  /** The first line of the passage in its file, from 1. */
  line: number;
  text: string;
}
