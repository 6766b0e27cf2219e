import { type AtelierClient, AtelierError, type UploadInput } from '@atelier-ai/sdk';
import type { CountedCalls } from './counted-calls.ts';

/** A large file may take minutes over a slow connection. */
const UPLOAD_TIMEOUT_MS = 5 * 60_000;
/**
 * The marketplace's edge may reject bodies over about 4.5 MB (observed). A form is a little larger
 * than its file.
 */
const LARGEST_FORM_BYTES = 4_400_000;
/** The status of a rejected body that is too large. */
const TOO_LARGE = 413;

/** The dependencies of an upload: the client of the order's agent, and the counted calls. */
interface UploadDependencies {
  client: AtelierClient;
  calls: CountedCalls;
}

/**
 * Uploads a file for an order. A file that is too large for the marketplace's edge goes straight to
 * its file store, with a token that counts as an upload.
 * @returns the file's public URL.
 */
export async function uploadFile(
  { client, calls }: UploadDependencies,
  orderId: string,
  file: UploadInput,
): Promise<string> {
  const { orders } = client;
  if (bytesOf(file) > LARGEST_FORM_BYTES) return uploadDirect({ client, calls }, file);
  try {
    const call = () => orders.upload(orderId, file, { timeout: UPLOAD_TIMEOUT_MS });
    return (await calls.make('upload', call)).url;
  } catch (error) {
    if (!(error instanceof AtelierError && error.status === TOO_LARGE)) throw error;
    return uploadDirect({ client, calls }, file);
  }
}

async function uploadDirect({ client, calls }: UploadDependencies, file: UploadInput): Promise<string> {
  const { uploads } = client;
  const { filename, contentType } = file;
  const token = await calls.make('upload', () => uploads.createToken({ filename, contentType }));
  return (await uploads.sendDirect(token, file, { timeout: UPLOAD_TIMEOUT_MS })).url;
}

function bytesOf({ file }: UploadInput): number {
  return file instanceof Blob ? file.size : file.byteLength;
}
