import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLaterError } from '../../errors.ts';
import { openBench } from '../../test-support/context.ts';
import { json } from '../../test-support/http-server.ts';
import { deliveredBefore, draws, inTurn, isBusy, openProvider, PNG } from '../../test-support/models.ts';
import { aiImage } from './image.ts';

const bench = await openBench();
const { server, painter, lastRequest } = await openProvider();

test('several images of one brief', async () => {
  server.answer = draws(2);
  const { ctx, usage } = bench.context({ brief: 'A cat.' });
  const made = await aiImage({
    model: painter,
    count: 2,
    instructions: 'Ink.',
    size: '512x512',
    prices: { perImage: 0.04 },
  })(ctx);
  expect(made).toMatchObject([
    { artifact: { contentType: 'image/png', fileName: 'image-1.png' }, mediaType: 'image' },
    { artifact: { contentType: 'image/png', fileName: 'image-2.png' }, mediaType: 'image' },
  ]);
  expect(lastRequest()).toMatchObject({
    url: '/v1/images/generations',
    json: { model: 'painter-1', n: 2, size: '512x512' },
  });
  expect(usage).toMatchObject([{ what: 'painter-1', images: 2, costUsd: 0.08 }]);
});

test('brief, answers and feedback are between marks, and the operator’s own prompt is the whole prompt', async () => {
  server.answer = draws();
  const { ctx } = bench.context({
    brief: 'A cat.',
    feedback: 'Bluer.',
    note: 'Ink, no watercolour.',
    order: { requirementAnswers: { format: 'A4' } },
  });
  await aiImage({ model: painter, instructions: 'Ink.' })(ctx);
  const prompt = String(lastRequest().json.prompt);
  const mark = /<(BUYER-[0-9a-f]{12})>/.exec(prompt)?.[1];
  expect(prompt).toMatch(/^Ink\.\n/);
  for (const words of ['A cat.', 'Bluer.', '{\n  "format": "A4"\n}']) {
    expect(prompt).toContain(`<${mark}>\n${words}\n</${mark}>`);
  }
  expect(prompt).toContain('What the seller asks for in this draft:\nInk, no watercolour.');

  await aiImage({ model: painter, prompt: () => 'A dog.' })(ctx);
  expect(lastRequest().json.prompt).toBe('A dog.');
});

describe('more images than the model generates at once', () => {
  const asked = (before: number) =>
    server.seen.slice(before).map(({ body }) => (JSON.parse(body) as { n: number }).n);
  const twenty = aiImage({ model: painter, count: 20, prices: { perImage: 0.04 } });

  test('take several calls, each reported after its answer', async () => {
    const before = server.seen.length;
    server.answer = draws();
    const { ctx, usage, progress } = bench.context();
    const made = await twenty(ctx);
    expect(made.map((one) => 'artifact' in one && one.artifact.fileName)).toEqual(
      Array.from({ length: 20 }, (_, index) => `image-${index + 1}.png`),
    );
    expect(asked(before)).toEqual([10, 10]);
    expect(usage).toMatchObject([
      { images: 10, costUsd: 0.4 },
      { images: 10, costUsd: 0.4 },
    ]);
    expect(progress).toEqual(['the model draws image 1 of 20', 'the model draws image 11 of 20']);
  });

  test('with a temporary rejection are paid for once, in this try and the next', async () => {
    const before = server.seen.length;
    server.answer = inTurn(draws(), isBusy(), isBusy({ 'retry-after': '120' }));
    const first = bench.context();
    await expect(twenty(first.ctx)).rejects.toThrow(RetryLaterError);
    expect(asked(before)).toEqual([10, 10, 10]);
    expect(first.usage).toMatchObject([{ images: 10 }]);

    server.answer = draws();
    const next = bench.context({ remembered: first.remembered.at(-1) });
    expect(await twenty(next.ctx)).toHaveLength(20);
    expect(asked(before)).toEqual([10, 10, 10, 10]);
    expect(next.usage).toMatchObject([{ images: 10 }]);
  });

  test('with a permanent rejection have the cost of the others reported', async () => {
    server.answer = inTurn(draws(), json(400, { error: { message: 'not this' } }));
    const { ctx, usage } = bench.context();
    await expect(twenty(ctx)).rejects.toThrow(PermanentError);
    expect(usage).toMatchObject([{ images: 10 }]);
  });

  test('are all generated if the remembered value belongs to another generator', async () => {
    server.answer = draws();
    const other = bench.context();
    await aiImage({ model: painter, instructions: 'Oil.' })(other.ctx);
    const before = server.seen.length;
    await aiImage({ model: painter, instructions: 'Ink.' })(
      bench.context({ remembered: other.remembered.at(-1) }).ctx,
    );
    expect(asked(before)).toEqual([1]);
  });

  test('arrive although the model returns fewer than requested', async () => {
    const before = server.seen.length;
    server.answer = draws(1);
    expect(await aiImage({ model: painter, count: 3 })(bench.context().ctx)).toHaveLength(3);
    expect(asked(before)).toEqual([3, 2, 1]);
  });
});

test('a provider that names a longer time is not called until then', async () => {
  server.answer = isBusy({ 'retry-after': '300' });
  await expect(aiImage({ model: painter })(bench.context().ctx)).rejects.toMatchObject({ seconds: 300 });
});

test('images that are too large or too many do not reach the model', async () => {
  server.answer = draws(1);
  const blob = new Blob([Buffer.from(PNG, 'base64')], { type: 'image/png' });
  const url = 'https://files.example.com/1';
  const small = { url, mediaType: 'image', read: async () => blob } as const;
  const large = {
    url,
    mediaType: 'image',
    bytes: 21 * 1024 * 1024,
    read: () => Promise.reject(new Error('it was read')),
  } as const;
  const deliverables = [large, ...Array.from({ length: 12 }, () => small)];
  await aiImage({ model: painter, references: 'optional' })(
    bench.context({ round: 1, earlier: [{ round: 0, deliverables }] }).ctx,
  );
  expect(server.seen.at(-1)?.body.split('name="image').length).toBe(8 + 1);
});

test('the model gets a regenerated draft as the image to change', async () => {
  server.answer = draws(1);
  const rejected = new Blob([Buffer.from(PNG, 'base64')], { type: 'image/png' });
  const { ctx } = bench.context({
    note: 'Bluer.',
    draft: { deliverables: [{ url: null, mediaType: 'image', read: async () => rejected }] },
  });
  await aiImage({ model: painter, references: 'optional' })(ctx);
  const { url, body } = server.seen.at(-1) ?? { url: '', body: '' };
  expect(url).toBe('/v1/images/edits');
  expect(body).toContain('Bluer.');
  expect(body.split('name="image').length - 1).toBe(1);
});

test('a revision with references gets the deliverables and the images of the order', async () => {
  server.answer = draws(1);
  const delivered = new Blob([Buffer.from(PNG, 'base64')], { type: 'image/png' });
  const { ctx } = bench.context({
    round: 1,
    feedback: 'Bluer.',
    earlier: [deliveredBefore('image', delivered)],
    order: { referenceImages: [`data:image/png;base64,${PNG}`] },
  });
  await aiImage({ model: painter, references: 'required' })(ctx);
  const { url, body } = server.seen.at(-1) ?? { url: '', body: '' };
  expect(url).toBe('/v1/images/edits');
  expect(body).toMatch(/<(BUYER-\w+)>\s+Bluer\.\s+<\/\1>/);
  expect(body.split('name="image').length - 1).toBe(2);
});

test('a reference inside our network is never fetched: it is left out, or the order waits', async () => {
  const before = server.seen.length;
  server.answer = draws(1);
  const order = { referenceImages: [`${server.url}/secret.png`, 'https://169.254.169.254/secret.png'] };
  await expect(
    aiImage({ model: painter, references: 'required' })(bench.context({ order }).ctx),
  ).rejects.toThrow(PermanentError);
  expect(server.seen).toHaveLength(before);
  await aiImage({ model: painter, references: 'optional' })(bench.context({ order }).ctx);
  expect(server.seen.slice(before).map(({ url }) => url)).toEqual(['/v1/images/generations']);
});

test("a provider's rejection is permanent, and its overload is not", async () => {
  server.answer = json(400, { error: { message: 'not this', code: 'content_policy_violation' } });
  await expect(aiImage({ model: painter })(bench.context().ctx)).rejects.toThrow('HTTP 400');
  server.answer = json(500, { error: { message: 'broken' } }, { 'retry-after-ms': '1' });
  await expect(aiImage({ model: painter })(bench.context().ctx)).rejects.not.toThrow(PermanentError);
});

test('an absurd count from a buyer is rejected', async () => {
  await expect(aiImage({ model: painter, count: () => 10_000 })(bench.context().ctx)).rejects.toThrow(
    'from 1 to 20',
  );
});
