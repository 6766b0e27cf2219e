import type { SavedArtifact } from '@fulfillment/artifacts';
import type { Artifact, Policy, ThreadMessage, Usage } from '@fulfillment/shared';
import type { CallKind, Calls } from '../calls/calls.ts';
import type { HandlerDescription } from '../describe-handler.ts';
import type { ErrorData } from './error-data.ts';

/** The requests of a call to the parent process, by method. */
export interface Requests {
  usage: { input: Usage; answer: null };
  thread: { input: null; answer: ThreadMessage[] };
  /** The answer is the path of a file with the bytes, and their content type. */
  read: { input: Artifact; answer: { file: string; type: string } | null };
  store: { input: SavedArtifact; answer: SavedArtifact };
  remember: { input: string; answer: null };
  progress: { input: number | { text: string }; answer: null };
}
export type Method = keyof Requests;

export type Outcome<T> = { value: T } | { error: ErrorData };

/** A call. Calls of one child run one after the other, and `call` counts them. */
export type CallMessage = {
  [K in CallKind]: { type: 'call'; call: number; kind: K; input: Calls[K]['input'] };
}[CallKind];

export type RequestMessage = {
  [M in Method]: { type: 'request'; call: number; request: number; method: M; input: Requests[M]['input'] };
}[Method];

/** From the parent to the child. */
export type ToChild =
  | CallMessage
  | { type: 'abort'; call: number; reason: ErrorData }
  | { type: 'reply'; request: number; outcome: Outcome<unknown> }
  | { type: 'ping' }
  /** No call will follow: the child ends once nothing keeps it running. */
  | { type: 'retire' };

export type LogLevel = 'info' | 'warn' | 'error';

/** From the child to the parent. */
export type FromChild =
  /** `rss`: the memory of the child, in bytes. */
  | { type: 'ready'; handlers: HandlerDescription[]; policy: Policy; rss: number }
  /** The configuration cannot be loaded. The child ends. */
  | { type: 'unready'; reason: string }
  /** The call arrived, and the handler's code runs from now on. */
  | { type: 'begun'; call: number }
  | RequestMessage
  | { type: 'log'; call: number; level: LogLevel; fields: object; message: string }
  | { type: 'result'; call: number; outcome: Outcome<unknown> }
  /** What the call left running in the child: timers, connections, programs. */
  | { type: 'idle'; call: number; leftovers: string[]; rss: number }
  /** An error that nobody handled. The child ends. */
  | { type: 'fault'; origin: string; error: ErrorData }
  | { type: 'pong'; rss: number };
