import { describeError } from '@fulfillment/platform';
import { type Artifact, cutWithEllipsis, generatedOf } from '@fulfillment/shared';
import type { AdminOptions } from '../../options.ts';
import type { FoundOrder } from '../find-order.ts';
import { TEXTS } from './artifact-routes.ts';

/** The beginnings of a draft's texts, by the path of their artifact. */
export type DraftTexts = ReadonlyMap<string, string>;

/** The page shows this much of a text, in UTF-16 units. A link leads to the whole text. */
const SHOWN = 4000;
/**
 * The page reloads every few seconds. It therefore only links larger files, and reads a limited
 * number of files.
 */
const LARGEST_BYTES = 256 * 1024;
const MAX_FILES = 8;

/** Reads the beginnings of the texts that wait for review. An unreadable text has only its link. */
export async function draftTexts(
  { artifacts, log }: Pick<AdminOptions, 'artifacts' | 'log'>,
  { ref, record, decision }: Pick<FoundOrder, 'ref' | 'record' | 'decision'>,
): Promise<DraftTexts> {
  const rounds = decision.attention.flatMap((item) => (item.kind === 'review' ? [item.round] : []));
  const files = rounds
    .flatMap((round) => generatedOf(record, round)?.products ?? [])
    .flatMap(({ artifact }) => (artifact !== undefined && isShort(artifact) ? [artifact] : []));
  const read = async (artifact: Artifact): Promise<[string, string][]> => {
    try {
      const text = await (await artifacts.read(artifact)).text();
      return [[artifact.path, cutWithEllipsis(text, SHOWN)]];
    } catch (error) {
      log.warn({ ...ref, file: artifact.path, reason: describeError(error) }, 'a draft cannot be read');
      return [];
    }
  };
  return new Map((await Promise.all(files.slice(0, MAX_FILES).map(read))).flat());
}

function isShort({ contentType, bytes }: Artifact): boolean {
  return TEXTS.test(contentType) && bytes <= LARGEST_BYTES;
}
