import { createReadStream } from 'node:fs';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Artifact } from '@fulfillment/shared';
import { rejectUnknownOptions } from '@fulfillment/shared';
import { InvalidOutputError, PermanentError } from '../errors.ts';
import { contentDisposition } from '../names/content-disposition.ts';
import { folderName } from '../names/folder-name.ts';
import { DEFAULT_MAX_BYTES } from '../staging/staging.ts';
import type { ArtifactStore, StorePlace } from './artifact-store.ts';

export interface S3Options {
  bucket: string;
  /** The prefix of every object's name. Default `artifacts/`. */
  prefix?: string;
  /** Default: as the AWS SDK finds it, or otherwise `us-east-1`, which other providers accept. */
  region?: string;
  /** The address of a provider that is not AWS. */
  endpoint?: string;
  /** The bucket in the path instead of the host name. Default: when there is an `endpoint`. */
  pathStyle?: boolean;
  /** Default: as the AWS SDK finds them, from the environment, a profile or the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /**
   * How buyers open files. With `{ publicUrl }`, from the public address of the bucket, or of a
   * service in front of it. With `{ signedForDays }`, by signed URLs. They are created when a round
   * is about to be delivered, and live 3 to 7 days. Buyers have 48 hours to review, and S3 allows
   * no more than 7 days.
   */
  access: { publicUrl: string } | { signedForDays: number };
  /** Sent with each file, for buckets whose read access depends on it. */
  acl?: 'public-read';
  /** Largest file, in bytes. Default 1 GiB. */
  maxBytes?: number;
  /**
   * How long the store may send nothing before a call counts as failed, in seconds. Default 30.
   * Each call is tried three times.
   */
  timeoutSeconds?: number;
}

const OPTIONS = {
  bucket: true,
  prefix: true,
  region: true,
  endpoint: true,
  pathStyle: true,
  credentials: true,
  access: true,
  acl: true,
  maxBytes: true,
  timeoutSeconds: true,
} satisfies Record<keyof S3Options, true>;
const ACCESS_OPTIONS = { publicUrl: true, signedForDays: true } as const;
const CREDENTIAL_OPTIONS = {
  accessKeyId: true,
  secretAccessKey: true,
  // The AWS SDK also accepts these options.
  sessionToken: true,
  expiration: true,
  credentialScope: true,
  accountId: true,
} as const;
const DEFAULT_PREFIX = 'artifacts/';
/** Longer than the 48 hours that buyers have to review. */
const SHORTEST_SIGNED_DAYS = 3;
const LONGEST_SIGNED_DAYS = 7;
const DAY_SECONDS = 24 * 3600;
/**
 * A store that accepts no connection for longer than this is down. The SDK tries each call three
 * times.
 */
const CONNECT_WITHIN_MS = 5000;
const DEFAULT_TIMEOUT_SECONDS = 30;
/** The most objects that one call deletes. */
const DELETED_AT_ONCE = 1000;

/**
 * Artifacts in a bucket of an S3-compatible store. Each file is uploaded once.
 * @throws TypeError at once, when an option is wrong.
 */
export function s3(options: S3Options): ArtifactStore {
  rejectUnknownOptions('s3', options, OPTIONS);
  rejectUnknownOptions('access of s3', options.access, ACCESS_OPTIONS);
  if (options.credentials !== undefined)
    rejectUnknownOptions('credentials of s3', options.credentials, CREDENTIAL_OPTIONS);
  // Without a way to open its files, the store would deliver dead URLs.
  if (Object.keys(options.access).length !== 1)
    throw new TypeError('access of s3 must have either publicUrl or signedForDays');
  const { bucket, prefix = DEFAULT_PREFIX, access, acl, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (
    'signedForDays' in access &&
    !(access.signedForDays >= SHORTEST_SIGNED_DAYS && access.signedForDays <= LONGEST_SIGNED_DAYS)
  ) {
    throw new TypeError(`signedForDays must be from ${SHORTEST_SIGNED_DAYS} to ${LONGEST_SIGNED_DAYS}`);
  }
  if ('publicUrl' in access && !/^https?:\/\//.test(access.publicUrl)) {
    throw new TypeError('publicUrl must be an http(s) URL');
  }
  const client = clientOf(options);
  const keyOf = (artifact: Artifact) => prefix + artifact.path;

  return {
    place: placeOf(options),
    doUrlsExpire: 'signedForDays' in access,
    folder: null,
    maxBytes,
    async add(file, artifact, signal) {
      if (artifact.bytes > maxBytes)
        throw new InvalidOutputError(`${artifact.fileName} is larger than ${maxBytes} bytes`);
      await upload(
        new Upload({
          client,
          params: {
            Bucket: bucket,
            Key: keyOf(artifact),
            Body: createReadStream(file),
            ContentType: artifact.contentType,
            ContentDisposition: contentDisposition(artifact),
            ...(acl !== undefined && { ACL: acl }),
          },
        }),
        signal,
      );
    },
    async has(artifact, signal) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: keyOf(artifact) }), optionsOf(signal));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },
    async publicUrl(artifact) {
      const key = keyOf(artifact);
      if ('publicUrl' in access) {
        return `${access.publicUrl.replace(/\/$/, '')}/${key.split('/').map(encodeURIComponent).join('/')}`;
      }
      const expiresIn = Math.floor(access.signedForDays * DAY_SECONDS);
      return getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn });
    },
    async read(artifact, signal) {
      const wanted = new GetObjectCommand({ Bucket: bucket, Key: keyOf(artifact) });
      const { Body } = await client.send(wanted, optionsOf(signal));
      if (Body === undefined) throw new Error('the store answered without a body');
      return new Blob([new Uint8Array(await Body.transformToByteArray())], { type: artifact.contentType });
    },
    async removeOrder(orderId, signal) {
      const Prefix = `${prefix}${folderName(orderId)}/`;
      for (;;) {
        const { Contents = [] } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: DELETED_AT_ONCE }),
          optionsOf(signal),
        );
        const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
        if (Objects.length === 0) return;
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }),
          optionsOf(signal),
        );
        if (Errors[0]) throw new Error(`the store does not delete: ${Errors[0].Message ?? Errors[0].Code}`);
      }
    },
  };
}

function placeOf({ bucket, endpoint, prefix = DEFAULT_PREFIX, access }: S3Options): StorePlace {
  return {
    where: `the bucket "${bucket}" at ${endpoint ?? 'AWS'}`,
    whenNotWritten: `Check endpoint, region, bucket and credentials of s3(…). Its key must put, get, list and delete under ${prefix}`,
    whenNotOpened:
      'publicUrl' in access
        ? `See that everybody may read the bucket under ${prefix} (its policy, or acl: 'public-read'), and that publicUrl leads to it`
        : 'See that the key may get objects, and that endpoint is an address that buyers reach, too',
  };
}

function clientOf(options: S3Options): S3Client {
  const { region, endpoint, pathStyle, credentials, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const isElsewhere = endpoint !== undefined;
  return new S3Client({
    ...(region !== undefined ? { region } : isElsewhere ? { region: 'us-east-1' } : {}),
    ...(isElsewhere && { endpoint }),
    // A copy: the SDK writes into the object.
    ...(credentials && { credentials: { ...credentials } }),
    forcePathStyle: pathStyle ?? isElsewhere,
    requestHandler: { connectionTimeout: CONNECT_WITHIN_MS, socketTimeout: timeoutSeconds * 1000 },
    // Other providers do not know the checksums that the SDK adds by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/**
 * Runs an upload until it ends or is aborted.
 * @throws PermanentError when the store would reject the file again.
 */
async function upload(file: Upload, signal: AbortSignal): Promise<void> {
  const onAbort = () => void file.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await file.done();
  } catch (error) {
    signal.throwIfAborted();
    throw isRejection(error)
      ? new PermanentError(`the artifact store rejects a file: ${error.name}: ${error.message}`, {
          cause: error,
        })
      : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function optionsOf(abortSignal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return abortSignal === undefined ? {} : { abortSignal };
}

/** Whether the key, the bucket or the permission is wrong, so that waiting does not help. */
function isRejection(error: unknown): error is S3ServiceException {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode ?? 500;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
