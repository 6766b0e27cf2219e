import { generateText, type LanguageModel, Output as ModelOutput } from 'ai';
import { strToU8, zipSync } from 'fflate';
import { z } from 'zod';
import { InvalidOutputError } from '../../errors.ts';
import { contentTypeOf } from '../../media.ts';
import type { GenerateContext, Output } from '../../types.ts';
import { callModel, mustBeWhole } from './call-model.ts';
import { promptOf } from './prompt.ts';
import { type Prices, tellUsage } from './usage.ts';

export interface AiCodeOptions {
  /** A model of any provider of the AI SDK; one that knows structured output does best. */
  model: LanguageModel;
  /** What the model is told beside the job. */
  instructions?: string;
  /** The name of the archive when there is more than one file. Default `code.zip`. */
  zipName?: string;
  /** The most that it may write. Default: the model's own. */
  maxOutputTokens?: number;
  prices?: Prices;
}

const INSTRUCTIONS =
  'You write the program that a buyer ordered: every file it needs to run, whole, with a README.md where there is more than one.';
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
 * A `generate` that has a model write the files of a program: one file is delivered as it is, several as a zip archive.
 * @throws what makes the try fail: PermanentError for a refusal and for what would be refused again; InvalidOutputError for files that
 * cannot be delivered; an Error for an answer that is no list of files.
 */
export function aiCode(options: AiCodeOptions): (ctx: GenerateContext) => Promise<Output> {
  const { model, instructions = INSTRUCTIONS, zipName = 'code.zip', maxOutputTokens, prices } = options;
  return async (ctx) => {
    const asked = await promptOf(ctx, instructions);
    await ctx.progress('the model writes');
    const { files } = await callModel(ctx, async () => {
      const result = await generateText({
        model,
        ...asked,
        output: ModelOutput.object({ schema: answerSchema }),
        abortSignal: ctx.signal,
        ...(maxOutputTokens !== undefined && { maxOutputTokens }),
        async onStepEnd({ usage }) {
          await tellUsage(ctx, model, usage, prices);
        },
      });
      mustBeWhole(result.finishReason);
      return result.output;
    });
    return packed(files, zipName);
  };
}

function packed(files: readonly File[], zipName: string): Output {
  const [first] = files;
  if (first === undefined) throw new InvalidOutputError('the model wrote no file');
  if (files.length > MAX_FILES) throw new InvalidOutputError(`the model wrote more than ${MAX_FILES} files`);
  for (const { path } of files) mustBeSafe(path);
  if (new Set(files.map(({ path }) => path)).size < files.length) {
    throw new InvalidOutputError('the model wrote two files of the same name');
  }
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

/** A path that stays in the folder where the buyer unpacks the archive. */
function mustBeSafe(path: string): void {
  const isSafe =
    path.length <= 200 &&
    !/^[\\/]|^[A-Za-z]:|\\|\p{Cc}/u.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isSafe) throw new InvalidOutputError(`the model wrote a file with the path "${path.slice(0, 200)}"`);
}

/** What a model writes is text, whatever its name says. */
function textType(path: string): string {
  const type = contentTypeOf(path);
  return /^(image|audio|video)\//.test(type) || type === 'application/octet-stream' ? 'text/plain' : type;
}
