import { defineHandler, type Handler, type HandlerInput } from '@fulfillment/handlers';

/** Handlers that hurt their own process, and the reason that each order's attention must give. */
const POISON: Record<
  string,
  { generate: HandlerInput['generate']; reason: RegExp; timeLimitSeconds?: number }
> = {
  exit: {
    generate: () => {
      console.error('no licence');
      process.exit(3);
    },
    reason: /its process ended with exit code 3 before the handler was done\. Its last output: no licence/,
  },
  abort: { generate: () => process.abort(), reason: /its process was killed by SIGABRT/ },
  block: {
    generate: () => {
      for (;;);
    },
    timeLimitSeconds: 4,
    reason: /took longer than its time limit of 4 s, and has blocked its process/,
  },
  'forgotten await': {
    generate: () => {
      void Promise.reject(new TypeError('nobody awaited this'));
      return new Promise<never>(() => undefined);
    },
    reason: /its process ended by an unhandled rejection: nobody awaited this/,
  },
  memory: {
    generate: () => {
      const kept: Buffer[] = [];
      for (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, 1));
    },
    reason: /its process used more than 512 MB of memory \(HANDLER_MEMORY_MB\)/,
  },
  'thrown text': {
    generate: () => Promise.reject('only a text'),
    reason: /failed \(try 2 of 2\): only a text/,
  },
};

/** The kinds of poison, with the reason that attention must give. */
export const POISON_REASONS = Object.entries(POISON).map(([kind, { reason }]) => ({ kind, reason }));

/** The brief that leads an order to a kind of poison. */
export const poisonBrief = (kind: string) => `poison: ${kind}`;

/** A handler for each kind of poison. The brief chooses it, so that no order meets it by chance. */
export const poisonHandlers: readonly Handler[] = Object.entries(POISON).map(
  ([kind, { generate, timeLimitSeconds = 60 }]) =>
    defineHandler({
      name: `poison ${kind}`,
      match: ({ brief }) => brief === poisonBrief(kind),
      attempts: 2,
      timeLimitSeconds,
      generate,
    }),
);
