import type { ArtifactStore } from '@fulfillment/artifacts';
import { z } from 'zod';

const MEMBERS = {
  add: ['a function', isFunction],
  publicUrl: ['a function', isFunction],
  read: ['a function', isFunction],
  has: ['a function', isFunction],
  removeOrder: ['a function', isFunction],
  doUrlsExpire: ['a boolean', (value) => typeof value === 'boolean'],
  maxBytes: ['a number', (value) => typeof value === 'number'],
  folder: ['a text or null', (value) => value === null || typeof value === 'string'],
  place: ['an object', (value) => typeof value === 'object' && value !== null],
} satisfies Record<keyof ArtifactStore, [type: string, isValid: (value: unknown) => boolean]>;
const KINDS = 'must be an artifact store: localDisk(…), s3(…), atelier(…) or a store of your own';
const GUIDE = 'docs/handlers/files.md lists the members of a store';

/** The artifact store of a configuration. An error names each member that is missing or wrong. */
export const storeSchema = z.custom<ArtifactStore>(
  (value) => isObject(value) && problemsOf(value).length === 0,
  {
    error: ({ input }) => (isObject(input) ? describe(input) : KINDS),
  },
);

function describe(store: object): string {
  // Stores once had `put`, which took bytes and named the artifact itself.
  const isEarlierForm = 'put' in store && !('add' in store);
  const advice = isEarlierForm
    ? ' Its put is of an earlier version. Replace put by add(file, artifact, signal), which takes a file from the disk of the worker under the path of its artifact.'
    : '';
  return `${KINDS}. This store needs ${problemsOf(store).join(', ')}.${advice} ${GUIDE}`;
}

function problemsOf(store: object): string[] {
  return Object.entries(MEMBERS)
    .filter(([name, [, isValid]]) => !isValid(Reflect.get(store, name)))
    .map(([name, [type]]) => `${name} (${type})`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
