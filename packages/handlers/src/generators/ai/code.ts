import { contentTypeOf } from '@fulfillment/artifacts';
import { cutText, rejectUnknownOptions } from '@fulfillment/shared';
import { generateText, type LanguageModel, Output as ModelOutput, NoObjectGeneratedError } from 'ai';
import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import { InvalidOutputError } from '../../errors.ts';
import type { GenerateContext, Output } from '../../types.ts';
import { type Guard, guardWith } from '../../untrusted/guard-text.ts';
import { withUnknownCost } from '../cost.ts';
import { callModel, rejectPartialAnswer } from './call-model.ts';
import { type Prompt, promptOf } from './prompt.ts';
import { type ReferencePolicy, referencesOf } from './references.ts';
import { type Prices, reportUsage, requireValidPrices, usedBy } from './usage.ts';

export interface AiCodeOptions {
  /** A model of any provider of the AI SDK. A model with structured output works best. */
  model: LanguageModel;
  /** The instructions of the model, in addition to the job. */
  instructions?: string;
  /** The name of the archive when there is more than one file. Default `code.zip`. */
  zipName?: string;
  /** The most tokens that it may write. Default: the model's own limit. */
  maxOutputTokens?: number;
  /**
   * Whether the model gets the content of the buyer's references: pages, other texts and images.
   * Default `'none'`.
   */
  references?: ReferencePolicy;
  prices?: Prices;
  /**
   * Whether an operator must review a round whose text holds marks of the prompt, a secret, or a
   * long verbatim run of the instructions (see `guardText`). The option `{ allowed }` names the
   * parts that the text must repeat. Default true.
   */
  guard?: Guard;
}

const OPTIONS = {
  model: true,
  instructions: true,
  zipName: true,
  maxOutputTokens: true,
  references: true,
  prices: true,
  guard: true,
} satisfies Record<keyof AiCodeOptions, true>;
const INSTRUCTIONS =
  'You write the program that a buyer ordered: every file it needs to run, complete, with a README.md if there are several files.';
const MAX_FILES = 500;

const answerSchema = z.object({
  files: z.array(
    z.object({
      path: z.string().describe('relative path with / between folders, such as src/main.py'),
      content: z.string().describe('the whole file'),
    }),
  ),
});
type File = z.infer<typeof answerSchema>['files'][number];

/**
 * A `generate` that has a model write the files of a program. One file is delivered as it is.
 * Several files are delivered as a zip archive.
 * @throws TypeError at once, for an unknown option.
 * @throws the error that fails the attempt. PermanentError for a refusal, and for an answer that
 * would be rejected again. InvalidOutputError for files that cannot be delivered. An Error for an
 * answer that is not a list of files.
 */
export function aiCode(options: AiCodeOptions): (ctx: GenerateContext) => Promise<Output> {
  const { instructions = INSTRUCTIONS, zipName = 'code.zip', references = 'none' } = options;
  const { guard = true } = options;
  rejectUnknownOptions('aiCode', options, OPTIONS);
  requireValidPrices(options.prices);
  return withUnknownCost(async (ctx) => {
    const { prompt: asked, marks } = await promptOf(ctx, instructions, await referencesOf(ctx, references));
    await ctx.progress('the model writes');
    const files = await callModel(ctx, () => write(ctx, options, asked));
    const whole = files.map(({ path, content }) => `${path}\n${content}`).join('\n');
    const review = guardWith(guard, whole, { instructions, marks });
    return { ...packed(files, zipName), review };
  }, options.prices === undefined);
}

async function write(
  ctx: GenerateContext,
  { model, maxOutputTokens, prices }: AiCodeOptions,
  asked: Prompt,
): Promise<File[]> {
  try {
    const result = await generateText({
      model,
      ...asked,
      output: ModelOutput.object({ schema: answerSchema }),
      abortSignal: ctx.signal,
      maxRetries: 0,
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      async onStepEnd({ usage }) {
        await reportUsage(ctx, { model, prices }, usedBy(usage));
      },
    });
    rejectPartialAnswer(result.finishReason);
    return result.output.files;
  } catch (error) {
    // A refusal and an incomplete list are not a list either. The finish reason tells the two
    // apart, and so whether a retry helps.
    if (NoObjectGeneratedError.isInstance(error)) rejectPartialAnswer(error.finishReason ?? 'stop');
    throw error;
  }
}

function packed(files: readonly File[], zipName: string): Output {
  const [first] = files;
  if (first === undefined) throw new InvalidOutputError('the model wrote no file');
  if (files.length > MAX_FILES) throw new InvalidOutputError(`the model wrote more than ${MAX_FILES} files`);
  for (const { path } of files) rejectUnsafePath(path);
  rejectOverlappingPaths(files.map(({ path }) => path));
  if (files.length === 1) {
    return {
      body: first.content,
      contentType: textType(first.path),
      fileName: first.path.split('/').at(-1) ?? first.path,
      mediaType: 'code',
    };
  }
  const archive = zipSync(Object.fromEntries(files.map(({ path, content }) => [path, strToU8(content)])));
  return { body: archive, contentType: 'application/zip', fileName: zipName, mediaType: 'code' };
}

/** Checks that a path stays in the folder in which the buyer unpacks the archive. */
function rejectUnsafePath(path: string): void {
  const isSafe =
    path.length <= 200 &&
    !/^[\\/]|^[A-Za-z]:|\\|\p{Cc}/u.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isSafe) throw new InvalidOutputError(`the model wrote a file with the path "${cutText(path, 200)}"`);
}

/** Many systems ignore case in names, and on no system can a name be both a file and a folder. */
function rejectOverlappingPaths(paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of paths.map((name) => name.normalize('NFC').toLowerCase())) {
    if (seen.has(path)) throw new InvalidOutputError(`the model wrote two files of the name "${path}"`);
    seen.add(path);
  }
  for (const path of seen) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      if (seen.has(folder))
        throw new InvalidOutputError(`the model wrote "${folder}" as a file and a folder`);
    }
  }
}

/** A model writes only text, whatever the file's name says. */
function textType(path: string): string {
  const type = contentTypeOf(path);
  return /^(image|audio|video)\//.test(type) || type === 'application/octet-stream' ? 'text/plain' : type;
}
