import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { InvalidOutputError, PermanentError } from '../../errors.ts';
import { openBench } from '../../test-support/context.ts';
import { deliveredBefore, openProvider, says } from '../../test-support/models.ts';
import { aiCode } from './code.ts';

const bench = await openBench();
const { server, model, lastRequest } = await openProvider();

const files = (...list: [string, string][]) =>
  says(JSON.stringify({ files: list.map(([path, content]) => ({ path, content })) }));

test('one file is delivered unchanged', async () => {
  server.answer = files(['sort.py', 'print(1)\n']);
  const { ctx, usage } = bench.context();
  expect(await aiCode({ model })(ctx)).toEqual({
    body: 'print(1)\n',
    contentType: 'text/x-python',
    fileName: 'sort.py',
    mediaType: 'code',
  });
  expect(usage).toHaveLength(1);
  expect(lastRequest().json).toMatchObject({ response_format: { type: 'json_schema' } });
});

test('several files become a zip archive, and a revision reads its content', async () => {
  server.answer = files(['README.md', '# Sort'], ['src/sort.py', 'print(1)\n']);
  const made = await aiCode({ model, zipName: 'sort.zip' })(bench.context().ctx);
  if (!('body' in made) || !(made.body instanceof Uint8Array)) throw new Error('no archive');
  expect(made).toMatchObject({ contentType: 'application/zip', fileName: 'sort.zip', mediaType: 'code' });
  const unpacked = unzipSync(made.body);
  expect(Object.keys(unpacked)).toEqual(['README.md', 'src/sort.py']);
  expect(strFromU8(unpacked['src/sort.py'] ?? new Uint8Array())).toBe('print(1)\n');

  const archive = new Blob([new Uint8Array(made.body)], { type: 'application/zip' });
  await aiCode({ model })(
    bench.context({ round: 1, feedback: 'Faster.', earlier: [deliveredBefore('code', archive)] }).ctx,
  );
  expect(lastRequest().json.messages.at(-1)?.content).toContain('File src/sort.py:\nprint(1)\n');
});

test.each(['../up.py', '/etc/passwd', 'a\\b.py', 'C:/x.py', 'a//b.py', ''])(
  'a file that would leave its folder is not delivered: "%s"',
  async (path) => {
    server.answer = files([path, 'x'], ['fine.py', 'y']);
    await expect(aiCode({ model })(bench.context().ctx)).rejects.toThrow('with the path');
  },
);

test('an answer without a list of files may be retried, and its cost is reported', async () => {
  server.answer = says('Here is your code!');
  const { ctx, usage } = bench.context();
  await expect(aiCode({ model })(ctx)).rejects.not.toThrow(PermanentError);
  expect(usage).toHaveLength(1);
});

test.each([
  ['a refusal', says('', 'content_filter'), 'refused the brief'],
  ['a refusal with words', says('I cannot write this.', 'content_filter'), 'refused the brief'],
  ['a refusal in its own field', says('', 'stop', { refusal: 'I cannot.' }), 'refused the brief'],
  [
    'files cut off at the limit of tokens',
    says('{"files":[{"path":"a.py","con', 'length'),
    'maxOutputTokens',
  ],
])('%s is permanent, and its cost is reported', async (_what, answer, message) => {
  server.answer = answer;
  const { ctx, usage } = bench.context();
  const failure = aiCode({ model })(ctx);
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toThrow(PermanentError);
  expect(usage).toHaveLength(1);
});

describe('files whose names conflict', () => {
  test.each([
    ['a name twice', ['a.py', 'a.py'], 'two files of the name "a.py"'],
    ['names that differ in case', ['README.md', 'Readme.MD'], 'two files of the name "readme.md"'],
    ['a name that is a folder, too', ['src', 'src/a/b.py'], '"src" as a file and a folder'],
    ['the same in another case', ['src/a/b.py', 'SRC/A'], '"src/a" as a file and a folder'],
  ])('%s', async (_what, paths, message) => {
    server.answer = files(...paths.map((path): [string, string] => [path, 'x']));
    const failure = aiCode({ model })(bench.context().ctx);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(InvalidOutputError);
  });
});
