import type { Handler } from '@fulfillment/handlers';
import type { CallKind, Calls } from '../calls/calls.ts';
import { PERFORMERS } from '../calls/perform-call.ts';
import { frozenDeep } from '../config/frozen-deep.ts';
import { toError, toErrorData } from '../protocol/error-data.ts';
import type { Lines } from '../protocol/lines.ts';
import type { CallMessage, FromChild, Outcome, ToChild } from '../protocol/messages.ts';
import { Leftovers } from './leftovers.ts';
import { RemoteHost } from './remote-host.ts';

/** Performs the calls that the parent asks for. */
export class CallServer {
  readonly #handlers: readonly Handler[];
  readonly #lines: Lines<FromChild>;
  readonly #leftovers = new Leftovers();
  /** The call that runs, or ran last. */
  #current: { call: number; host: RemoteHost; controller: AbortController } | null = null;

  constructor(handlers: readonly Handler[], lines: Lines<FromChild>) {
    this.#handlers = handlers;
    this.#lines = lines;
  }

  receive(message: Extract<ToChild, { type: 'call' | 'abort' | 'reply' }>): void {
    if (message.type === 'call') {
      frozenDeep(message.input.order);
      void this.#perform(message);
    } else if (message.type === 'reply') this.#current?.host.settle(message.request, message.outcome);
    else if (this.#current?.call === message.call) this.#current.controller.abort(toError(message.reason));
  }

  async #perform(message: CallMessage): Promise<void> {
    const { call } = message;
    const controller = new AbortController();
    const host = new RemoteHost(call, this.#lines);
    this.#current = { call, host, controller };
    this.#lines.send({ type: 'begun', call });
    const outcome = await this.#outcomeOf(message, { host, signal: controller.signal });
    // A rejection that nobody handles must count against this call, and not against the next one.
    await new Promise((resolve) => setImmediate(resolve));
    this.#lines.send({ type: 'result', call, outcome });
    const leftovers = await this.#leftovers.find(() => this.#current?.call !== call);
    this.#lines.send({ type: 'idle', call, leftovers, rss: process.memoryUsage.rss() });
  }

  async #outcomeOf(
    message: CallMessage,
    running: { host: RemoteHost; signal: AbortSignal },
  ): Promise<Outcome<Calls[CallKind]['result']>> {
    try {
      return { value: await perform(this.#handlers, message, running) };
    } catch (error) {
      return { error: toErrorData(error) };
    }
  }
}

function perform(
  handlers: readonly Handler[],
  message: CallMessage,
  running: { host: RemoteHost; signal: AbortSignal },
): Promise<Calls[CallKind]['result']> {
  switch (message.kind) {
    case 'choose':
      return PERFORMERS.choose(handlers, message.input, running);
    case 'validate':
      return PERFORMERS.validate(handlers, message.input, running);
    case 'price':
      return PERFORMERS.price(handlers, message.input, running);
    case 'generate':
      return PERFORMERS.generate(handlers, message.input, running);
    case 'review':
      return PERFORMERS.review(handlers, message.input, running);
  }
}
