/** Handlers that hurt their process, and one that does not. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler, type GenerateContext, type HandlerInput } from '@fulfillment/handlers';

const DONE = { body: 'done', contentType: 'text/plain' };
const never = () => new Promise<never>(() => undefined);

/** A handler for orders that name it. */
function handler(name: string, generate: HandlerInput['generate'], more: Partial<HandlerInput> = {}) {
  return defineHandler({ name, match: ({ brief }) => brief === name, generate, ...more });
}

/** Starts a program that would outlive its process, and writes its process id to a file. */
function startProgram({ order }: GenerateContext): void {
  const program = spawn('sleep', ['600'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, FULFILLMENT_PROCESS_MARK: process.env.FULFILLMENT_PROCESS_MARK },
  });
  program.unref();
  writeFileSync(order.referenceUrls[0] ?? '', String(program.pid));
}

/** A handler whose cache only grows. */
function cachesWithoutLimit(): HandlerInput['generate'] {
  const cache: Buffer[] = [];
  return () => {
    cache.push(Buffer.alloc(100 * 1024 * 1024, 1));
    return DONE;
  };
}

export default defineConfig({
  handlers: [
    handler('innocent', async (ctx) => {
      await delay(300, undefined, { signal: ctx.signal });
      return DONE;
    }),
    handler('everything', async (ctx) => {
      await ctx.progress(50);
      await ctx.usage({ what: 'model', costUsd: 0.5 });
      await ctx.remember({ job: 7 });
      ctx.log.warn({ big: 1n, failure: new Error('a cause') }, 'a line');
      console.log('printed');
      const thread = await ctx.thread();
      const earlier = await ctx.earlier[0]?.deliverables[0]?.read();
      const saved = await ctx.artifacts.save({ body: 'saved', contentType: 'text/plain', fileName: 'a.txt' });
      const seen = {
        remembered: ctx.remembered,
        texts: thread.map(({ content }) => content),
        earlier: await earlier?.text(),
        isFrozen: Object.isFrozen(ctx.order.referenceUrls),
      };
      return [saved, { body: JSON.stringify(seen), contentType: 'application/json' }];
    }),
    handler('secrets', () => ({
      body: JSON.stringify(process.env),
      contentType: 'application/json',
    })),
    handler('exits', () => {
      console.error('the last words');
      process.exit(3);
    }),
    handler('aborts', () => process.abort()),
    handler('fills its heap', () => {
      const kept: number[][] = [];
      for (;;) kept.push(new Array(100_000).fill(kept.length));
    }),
    handler('fills memory outside its heap', async () => {
      const kept: Buffer[] = [];
      for (;;) {
        kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
        await delay(5);
      }
    }),
    handler('blocks without end', (ctx) => {
      startProgram(ctx);
      for (;;);
    }),
    handler('waits without end', never),
    handler('blocks for a while', () => {
      const until = performance.now() + 700;
      while (performance.now() < until);
      return DONE;
    }),
    handler('forgets a rejection', () => {
      void Promise.reject(new TypeError('nobody awaited this'));
      return never();
    }),
    handler('throws from a timer', () => {
      setTimeout(() => {
        throw new RangeError('thrown from a timer');
      });
      return never();
    }),
    handler('throws a text', () => Promise.reject('only a text')),
    handler('throws nothing', () => Promise.reject(undefined)),
    handler('prints without end', async (ctx) => {
      while (!ctx.signal.aborted) {
        process.stdout.write(`${'x'.repeat(60_000)}\n`);
        ctx.log.info({}, 'and logs');
        await delay(0);
      }
      throw new Error('stopped');
    }),
    handler('starts programs', (ctx) => {
      for (let count = 0; count < 20; count += 1) startProgram(ctx);
      process.exit(0);
    }),
    handler('speaks nonsense', () => {
      writeFileSync(3, 'not a message\n');
      return never();
    }),
    handler('gets a signal to end', async () => {
      process.kill(process.pid, 'SIGTERM');
      await delay(50);
      return DONE;
    }),
    handler('leaves a timer', ({ order }) => {
      setInterval(() => existsSync(order.referenceUrls[0] ?? '') && process.exit(9), 10);
      return DONE;
    }),
    handler(
      'leaves a timer at its choice',
      async ({ log, signal }) => {
        log.info({}, 'generating');
        await delay(300, undefined, { signal });
        return DONE;
      },
      {
        match: ({ brief }) => {
          const isOurs = brief === 'leaves a timer at its choice';
          if (isOurs) setInterval(() => undefined, 1000);
          return isOurs;
        },
      },
    ),
    handler('keeps memory', cachesWithoutLimit()),
  ],
});
