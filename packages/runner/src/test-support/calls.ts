import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { HandlerOrder } from '@fulfillment/handlers';
import { parseOrder } from '@fulfillment/shared';
import type { CallHost, Calls, GenerateInput } from '../calls/calls.ts';
import { orderForHandlers } from '../config/choose-handler.ts';
import { ProcessRunner, type ProcessRunnerOptions } from '../pool/process-runner.ts';
import type { Runner } from '../slot.ts';

const CONFIG = path.join(import.meta.dirname, 'poison.config.ts');
const NEVER = new AbortController().signal;

/** An order whose brief is the name of its handler. */
export function orderOf(brief: string, referenceUrls: string[] = []): HandlerOrder {
  const row = {
    id: 'ord_1',
    provider_agent_id: 'agt_1',
    status: 'paid',
    brief,
    reference_urls: referenceUrls,
  };
  return orderForHandlers({ snapshot: parseOrder(row), service: null, agent: 'studio' });
}

/** A runner of processes on the test's configuration, with helpers that call its handlers. */
export async function openRunner(options: Partial<ProcessRunnerOptions> = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'runner-'));
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  const runner = new ProcessRunner({
    configFile: CONFIG,
    memoryMb: 256,
    env: process.env,
    withheld: [],
    size: 4,
    idleMs: 60_000,
    log,
    ...options,
    timings: { ping: 100, abort: 300, ...options.timings },
  });
  const host = (requests: Partial<CallHost> = {}): CallHost => ({
    log,
    usage: async () => undefined,
    thread: async () => [],
    read: async () => new Blob([]),
    store: async (staged) => staged,
    remember: async () => undefined,
    progress: async () => undefined,
    ...requests,
  });
  return {
    runner,
    lines,
    folder,
    host,
    generate: (name: string, given: Partial<Given> = {}) =>
      generate({ runner, host, folder, ...given }, name),
    async [Symbol.asyncDispose]() {
      await runner.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Given {
  runner: Runner;
  folder: string;
  host: (requests?: Partial<CallHost>) => CallHost;
  requests: Partial<CallHost>;
  input: Partial<GenerateInput>;
  signal: AbortSignal;
  timeLimitMs: number;
  /** Runs between the choice of the handler and its call. */
  beforeGenerate: () => Promise<unknown>;
}

/** Chooses the handler of an order by its brief, and has it generate the round. */
async function generate(
  {
    runner,
    folder,
    host,
    requests,
    input,
    signal = NEVER,
    timeLimitMs = 10_000,
    beforeGenerate,
  }: Partial<Given> & Pick<Given, 'runner' | 'folder' | 'host'>,
  name: string,
): Promise<Calls['generate']['result']> {
  const order = input?.order ?? orderOf(name);
  using slot = await runner.acquire(signal);
  const handler = await slot.run({
    kind: 'choose',
    input: { order, begun: null },
    host: () => host(),
    signal,
    timeLimitMs,
  });
  await beforeGenerate?.();
  return slot.run({
    kind: 'generate',
    input: {
      handler,
      order,
      round: 0,
      attempt: 0,
      feedback: null,
      isDispute: false,
      note: null,
      draft: null,
      earlier: [],
      remembered: null,
      shouldValidate: true,
      staging: {
        folder: path.join(folder, name),
        secret: 'secret',
        round: '0',
        usedUrls: [],
        mayBePrivate: false,
        attempt: 0,
      },
      ...input,
    },
    host: () => host(requests),
    signal,
    timeLimitMs,
  });
}
