import { openAsBlob } from 'node:fs';
import type { SavedArtifact } from '@fulfillment/artifacts';
import type { HandlerLog } from '@fulfillment/handlers';
import type { Artifact, ThreadMessage, Usage } from '@fulfillment/shared';
import type { CallHost } from '../calls/calls.ts';
import { LineLimit } from '../line-limit.ts';
import { toError } from '../protocol/error-data.ts';
import type { Lines } from '../protocol/lines.ts';
import type { FromChild, LogLevel, Method, Outcome, Requests } from '../protocol/messages.ts';
import { jsonSafe } from './json-safe.ts';

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Passes the requests of a call to the parent process, and the answers back. */
export class RemoteHost implements CallHost {
  readonly log: HandlerLog;
  readonly #call: number;
  readonly #lines: Lines<FromChild>;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  readonly #limit = new LineLimit((dropped) =>
    this.#send('warn', { dropped }, 'the handler logs too much: lines were dropped'),
  );
  #progress: { isSending: boolean; next: number | { text: string } | null } = {
    isSending: false,
    next: null,
  };

  constructor(call: number, lines: Lines<FromChild>) {
    this.#call = call;
    this.#lines = lines;
    const at = (level: LogLevel) => (fields: object, message: string) => {
      if (this.#limit.take()) this.#send(level, fields, message);
    };
    this.log = { info: at('info'), warn: at('warn'), error: at('error') };
  }

  async usage(used: Usage): Promise<void> {
    await this.#ask('usage', used);
  }

  thread(): Promise<ThreadMessage[]> {
    return this.#ask('thread', null);
  }

  async read(artifact: Artifact): Promise<Blob | null> {
    const found = await this.#ask('read', artifact);
    return found && openAsBlob(found.file, { type: found.type });
  }

  store(staged: SavedArtifact): Promise<SavedArtifact> {
    return this.#ask('store', staged);
  }

  async remember(json: string): Promise<void> {
    await this.#ask('remember', json);
  }

  /** Only the latest progress matters: a report replaces one that was not sent yet. */
  async progress(value: number | { text: string }): Promise<void> {
    this.#progress.next = value;
    if (this.#progress.isSending) return;
    this.#progress.isSending = true;
    try {
      for (let next = this.#takeProgress(); next !== null; next = this.#takeProgress()) {
        await this.#ask('progress', next);
      }
    } finally {
      this.#progress.isSending = false;
    }
  }

  /** Receives the answer to a request. */
  settle(request: number, outcome: Outcome<unknown>): void {
    const waiting = this.#waiting.get(request);
    this.#waiting.delete(request);
    if ('error' in outcome) waiting?.reject(toError(outcome.error));
    else waiting?.resolve(outcome.value);
  }

  #takeProgress(): number | { text: string } | null {
    const { next } = this.#progress;
    this.#progress.next = null;
    return next;
  }

  #ask<M extends Method>(method: M, input: Requests[M]['input']): Promise<Requests[M]['answer']> {
    const request = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve: (value) => resolve(value as Requests[M]['answer']), reject });
      this.#lines.send({ type: 'request', call: this.#call, request, method, input } as FromChild);
    });
  }

  #send(level: LogLevel, fields: object, message: string): void {
    this.#lines.send({
      type: 'log',
      call: this.#call,
      level,
      fields: jsonSafe(fields),
      message: String(message),
    });
  }
}
