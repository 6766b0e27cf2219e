import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CallHost } from '../calls/calls.ts';
import { toErrorData } from '../protocol/error-data.ts';
import type { Outcome, RequestMessage, Requests } from '../protocol/messages.ts';

/** Answers the requests of one call, and keeps the files that the answers name until its end. */
export class RequestAnswerer {
  readonly #host: CallHost;
  #folder: Promise<string> | null = null;
  #files = 0;

  constructor(host: CallHost) {
    this.#host = host;
  }

  async answer(message: RequestMessage): Promise<Outcome<unknown>> {
    try {
      return { value: await this.#valueOf(message) };
    } catch (error) {
      return { error: toErrorData(error) };
    }
  }

  /** Removes the files. */
  async end(): Promise<void> {
    if (this.#folder !== null) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #valueOf(message: RequestMessage): Promise<unknown> {
    const host = this.#host;
    switch (message.method) {
      case 'usage':
        await host.usage(message.input);
        return null;
      case 'thread':
        return host.thread();
      case 'read':
        return this.#fileOf(await host.read(message.input));
      case 'store':
        return host.store(message.input);
      case 'remember':
        await host.remember(message.input);
        return null;
      case 'progress':
        await host.progress(message.input);
        return null;
    }
  }

  /** Bytes cross between processes as files, so that no process holds them in its memory. */
  async #fileOf(blob: Blob | null): Promise<Requests['read']['answer']> {
    if (blob === null) return null;
    this.#folder ??= mkdtemp(path.join(os.tmpdir(), 'fulfillment-earlier-'));
    const file = path.join(await this.#folder, String(this.#files++));
    await pipeline(Readable.fromWeb(blob.stream()), createWriteStream(file));
    return { file, type: blob.type };
  }
}
