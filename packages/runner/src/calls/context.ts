import { mediaTypeOf, type Staging } from '@fulfillment/artifacts';
import type { GenerateContext, HandlerContext } from '@fulfillment/handlers';
import { usageSchema } from '@fulfillment/shared';
import type { CallHost, EarlierFile, GenerateInput, HandlerInput } from './calls.ts';
import { shownProgress } from './progress.ts';
import { rememberedJson } from './remembered.ts';

/** A call while it runs: where its requests go, and the signal that ends it. */
export interface RunningCall {
  host: CallHost;
  signal: AbortSignal;
}

/** The context that every function of a handler gets. */
export function contextOf(
  { order }: Pick<HandlerInput, 'order'>,
  { host, signal }: RunningCall,
): HandlerContext {
  return {
    order,
    log: host.log,
    signal,
    async usage(report) {
      const usage = usageSchema.safeParse(report);
      if (!usage.success) throw new TypeError(`ctx.usage was given something else: ${usage.error.message}`);
      await host.usage(usage.data);
    },
  };
}

/**
 * The context of `generate`.
 * @param files where files are staged.
 */
export function generateContextOf(input: GenerateInput, call: RunningCall, files: Staging): GenerateContext {
  const { host, signal } = call;
  const { round, attempt, feedback, isDispute, note, draft, earlier, remembered } = input;
  return {
    ...contextOf(input, call),
    round,
    attempt,
    feedback,
    isDispute,
    note,
    draft: draft && { deliverables: draft.deliverables.map((file) => deliverableOf(file, host)) },
    earlier: earlier.map((of) => ({
      round: of.round,
      deliverables: of.deliverables.map((file) => ({ ...deliverableOf(file, host), url: file.url ?? '' })),
    })),
    thread: () => host.thread(),
    artifacts: {
      async save({ body, contentType, fileName, mediaType }) {
        const artifact = await files.add({ body, contentType, fileName, signal });
        return host.store({ artifact, mediaType: mediaType ?? mediaTypeOf(artifact.contentType), url: null });
      },
    },
    remembered: remembered === null ? null : JSON.parse(remembered),
    remember: async (value) => host.remember(rememberedJson(value)),
    // Progress is only for people to read. If it cannot be shown, nothing fails, least of all a
    // handler that does not wait for it.
    async progress(value) {
      try {
        await host.progress(shownProgress(value));
      } catch (error) {
        host.log.warn({ reason: String(error) }, 'progress not shown');
      }
    },
  };
}

function deliverableOf({ artifact, ...file }: EarlierFile, host: CallHost) {
  return { ...file, read: async () => (artifact === null ? null : host.read(artifact)) };
}
