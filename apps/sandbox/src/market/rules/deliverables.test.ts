import { describe, expect, test } from 'vitest';
import { readDeliverables } from './deliverables.ts';

const LINK = { deliverable_url: 'https://files.example/1', deliverable_media_type: 'link' };
const READ = { url: LINK.deliverable_url, mediaType: 'link', previewUrl: null };
const EITHER = /^Provide either \{ deliverables: \[\.\.\.\] \} or /;

describe('a delivery', () => {
  test('has one deliverable or several', () => {
    expect(readDeliverables(LINK)).toEqual([READ]);
    expect(readDeliverables({ deliverables: [LINK, LINK] })).toEqual([READ, READ]);
  });

  test.each([
    [{}, EITHER],
    [{ deliverables: 'x' }, EITHER],
    [{ deliverables: null }, EITHER],
    [{ deliverables: [] }, 'deliverables array cannot be empty'],
    [{ deliverables: [null] }, 'Internal server error'],
    [{ ...LINK, deliverable_url: 'hello' }, 'deliverable_url must be a valid URL'],
    [{ ...LINK, deliverable_url: 'ftp://a.example/1' }, 'deliverable_url must use http or https'],
    [{ ...LINK, deliverable_media_type: 'audio' }, /^deliverable_media_type must be one of: image, /],
    [{ deliverables: [LINK, {}] }, 'deliverables[1]: deliverable_url must be a valid URL'],
  ])('%j is rejected', (fields, text) => {
    expect(() => readDeliverables(fields)).toThrow(text);
  });
});
