/**
 * Where a passage comes from. Each kind has its own limits. A `text` is a string that a person may
 * read: a log line, an error, a page, a help text, or the title of a test.
 */
export type PassageKind = 'document' | 'cell' | 'comment' | 'text';

/** A run of prose that a person reads. */
export interface Passage {
  kind: PassageKind;
  /** The first line of the passage in its file, from 1. */
  line: number;
  text: string;
}
