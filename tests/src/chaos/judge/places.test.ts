import { expect, test } from 'vitest';
import { AGENTS } from '../../harness/agents.ts';
import { MARKER } from '../disturbances/forgeries.ts';
import { LogWatch, needlesIn, secretsOf, tracesOf } from './places.ts';

const SECRETS = secretsOf({ studio: 'whsec_0123456789' });

test('every key and webhook secret is found in every place', () => {
  for (const { name, apiKey } of AGENTS) {
    expect(needlesIn(`{"key":"${apiKey}"}`, SECRETS)).toEqual([`the key of ${name}`]);
  }
  expect(needlesIn('secret=whsec_0123456789;', SECRETS)).toEqual(['the webhook secret of studio']);
  expect(needlesIn('nothing of that kind', SECRETS)).toEqual([]);
});

test('the text of a forged webhook is found, and the hash of its bytes', () => {
  const traces = tracesOf([{ way: 'no signature', fingerprint: 'feedbeef', status: 401 }]);
  expect(needlesIn(`{"feedback":"${MARKER}17"}`, traces)).toEqual(['forged text']);
  expect(needlesIn('fact:heard:feedbeef', traces)).toEqual(['forged webhook (no signature)']);
});

test('a key in a log is attributed to the process that wrote it', () => {
  const logs = new LogWatch();
  logs.needles = SECRETS;
  logs.line('admin-1', 'ready');
  logs.line('ingestor-1', `calling with ${AGENTS[0].apiKey}`);
  expect(logs.places().map(({ name, found }) => [name, found])).toEqual([
    ['the log of admin-1', []],
    ['the log of ingestor-1', ['the key of studio']],
  ]);
});
