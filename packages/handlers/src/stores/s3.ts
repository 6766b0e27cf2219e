import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { PermanentError } from '../errors.ts';
import { type ArtifactStore, localDisk, type StorePlace } from '../local-disk.ts';

export interface S3Options {
  bucket: string;
  /** What every object's name begins with. Default `artifacts/`. */
  prefix?: string;
  /** Default: as the AWS SDK finds it, else `us-east-1`, which other providers take. */
  region?: string;
  /** The address of a provider that is not AWS. */
  endpoint?: string;
  /** The bucket in the path instead of the host name. Default: when there is an `endpoint`. */
  pathStyle?: boolean;
  /** Default: as the AWS SDK finds them, from the environment, a profile or the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /**
   * How buyers open files. `{ publicUrl }`: where the bucket, or what stands before it, is read by everybody. `{ signedForDays }`: by signed
   * URLs, which S3 lets live 7 days at most: longer than buyers take to review.
   */
  access: { publicUrl: string } | { signedForDays: number };
  /** Sent with each file, for buckets that decide by it who may read. */
  acl?: 'public-read';
  /** Largest file, in bytes. Default 1 GiB. */
  maxBytes?: number;
  /** For how long storing is tried again while the store is down, in seconds. Default 900. What was made is kept meanwhile. */
  patienceSeconds?: number;
}

const DEFAULT_PREFIX = 'artifacts/';
const LONGEST_SIGNED_DAYS = 7;
const DAY_SECONDS = 24 * 3600;
const DEFAULT_PATIENCE_SECONDS = 900;
const LONGEST_WAIT_MS = 30_000;
/** As many objects as one call deletes. */
const DELETED_AT_ONCE = 1000;

/**
 * Artifacts in a bucket of an S3-compatible store. What a handler makes is written to this machine's disk first, checked there, and then
 * stored: a store that is down for a while has nothing made again.
 * @throws TypeError at once, when an option is wrong.
 */
export function s3(options: S3Options): ArtifactStore {
  const { bucket, prefix = DEFAULT_PREFIX, access, acl, maxBytes } = options;
  if (
    'signedForDays' in access &&
    !(access.signedForDays > 0 && access.signedForDays <= LONGEST_SIGNED_DAYS)
  ) {
    throw new TypeError(`signedForDays must be from 0 to ${LONGEST_SIGNED_DAYS}`);
  }
  if ('publicUrl' in access && !/^https?:\/\//.test(access.publicUrl)) {
    throw new TypeError('publicUrl must be an http(s) URL');
  }
  const client = clientOf(options);
  const keyOf = (artifactPath: string) => prefix + artifactPath;

  async function store(
    file: string,
    key: string,
    contentType: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const upload = new Upload({
      client,
      params: {
        Bucket: bucket,
        Key: key,
        Body: createReadStream(file),
        ContentType: contentType,
        ...(acl !== undefined && { ACL: acl }),
      },
    });
    const onAbort = () => void upload.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await upload.done();
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    place: placeOf(options),
    async put(input) {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'fulfillment-s3-'));
      try {
        const spool = localDisk({ folder, ...(maxBytes !== undefined && { maxBytes }) });
        const artifact = await spool.put(input);
        const relative = path.posix.join(
          input.orderId,
          input.round,
          randomBytes(16).toString('hex'),
          artifact.fileName,
        );
        await patiently(options, input.signal, () =>
          store(path.join(folder, artifact.path), keyOf(relative), artifact.contentType, input.signal),
        );
        return { ...artifact, path: relative };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async publicUrl({ path: artifactPath }) {
      const key = keyOf(artifactPath);
      if ('publicUrl' in access) {
        return `${access.publicUrl.replace(/\/$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`;
      }
      const expiresIn = Math.floor(access.signedForDays * DAY_SECONDS);
      return getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn });
    },
    async read({ path: artifactPath, contentType }) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(artifactPath) }));
      if (Body === undefined) throw new Error('the store answered without a body');
      return new Blob([new Uint8Array(await Body.transformToByteArray())], { type: contentType });
    },
    async removeOrder(orderId) {
      const Prefix = keyOf(`${orderId}/`);
      for (;;) {
        const { Contents = [] } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: DELETED_AT_ONCE }),
        );
        const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
        if (Objects.length === 0) return;
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }),
        );
        if (Errors[0]) throw new Error(`the store does not delete: ${Errors[0].Message ?? Errors[0].Code}`);
      }
    },
  };
}

function placeOf({ bucket, endpoint, prefix = DEFAULT_PREFIX, access }: S3Options): StorePlace {
  return {
    where: `the bucket "${bucket}" at ${endpoint ?? 'AWS'}`,
    whenNotWritten: `Check endpoint, region, bucket and credentials of s3(…); its key must put, get, list and delete under ${prefix}`,
    whenNotOpened:
      'publicUrl' in access
        ? `See that everybody may read the bucket under ${prefix} (its policy, or acl: 'public-read'), and that publicUrl leads to it`
        : 'See that the key may get objects, and that endpoint is an address that buyers reach, too',
  };
}

function clientOf({ region, endpoint, pathStyle, credentials }: S3Options): S3Client {
  const isElsewhere = endpoint !== undefined;
  return new S3Client({
    ...(region !== undefined ? { region } : isElsewhere ? { region: 'us-east-1' } : {}),
    ...(isElsewhere && { endpoint }),
    ...(credentials && { credentials }),
    forcePathStyle: pathStyle ?? isElsewhere,
    // Other providers do not know the checksums that the SDK sends unasked.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/**
 * Stores, again and again while the store is down, until the patience is over.
 * @throws PermanentError for what the store refuses, and would refuse again; the last error when it stays down.
 */
async function patiently(
  { patienceSeconds = DEFAULT_PATIENCE_SECONDS }: S3Options,
  signal: AbortSignal | undefined,
  store: () => Promise<void>,
): Promise<void> {
  const end = Date.now() + patienceSeconds * 1000;
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      await store();
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (isRefusal(error)) {
        throw new PermanentError(`the artifact store refuses a file: ${error.name}: ${error.message}`, {
          cause: error,
        });
      }
      if (Date.now() + wait > end) throw error;
    }
    await delay(wait, undefined, signal === undefined ? {} : { signal });
  }
}

/** A wrong key, bucket or right, which waiting does not mend. */
function isRefusal(error: unknown): error is S3ServiceException {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode ?? 500;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
