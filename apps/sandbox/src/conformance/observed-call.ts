import type { Shape } from './shape.ts';

/** Who makes a call. Left out: the seller. */
export type Caller = 'nobody' | 'another agent' | 'a wrong key' | { authorization: string };

/** One call to the real marketplace, with its answer. */
export interface ObservedCall {
  name: string;
  /** Method and path. The test replaces names such as `{paid}` with the ids of `scene.ts`. */
  call: string;
  as?: Caller;
  /** Sent as JSON, a `raw` text unchanged, a `file` as a multipart form. */
  body?: unknown;
  answers:
    | { status: number; data: Shape; beside?: Record<string, Shape> }
    | { status: number; error: string }
    /** No envelope. The type is null without a body. */
    | { status: number; type: string | null };
}

/** A body that is sent unchanged. */
export class RawText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function raw(text: string): RawText {
  return new RawText(text);
}

interface FileInput {
  fileName: string;
  contentType: string;
  /** The name of the form's field. */
  field?: string;
  content?: string;
}

/** A form with one file. */
export function file({ fileName, contentType, field = 'file', content = 'content' }: FileInput): FormData {
  const form = new FormData();
  form.set(field, new File([content], fileName, { type: contentType }));
  return form;
}

/** Long enough for every rule about descriptions. */
export const DESCRIPTION = 'Small scripts that do one thing, with a test and a page that says how to use it.';
