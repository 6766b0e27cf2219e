import { isObject } from '../answer.ts';
import { UnexpectedResponseError } from '../errors.ts';
import type { RequestOptions, UploadInput, UploadTokenInput } from '../inputs.ts';
import type { Transport } from '../transport.ts';
import type { UploadedFile, UploadToken } from '../types/index.ts';

/** Files that the marketplace hosts. An addition to the published interface. */
export class UploadsResource {
  readonly #transport: Transport;
  readonly #uploadUrl: string;

  /** @param uploadUrl the file store that upload tokens open, without a slash at its end. */
  constructor(transport: Transport, uploadUrl: string) {
    this.#transport = transport;
    this.#uploadUrl = uploadUrl;
  }

  /** Has the marketplace host a file that belongs to no order. */
  async create(input: UploadInput, options?: RequestOptions): Promise<UploadedFile> {
    return this.#transport.write('POST', '/api/upload', {
      body: uploadForm(input),
      shape: 'object',
      options,
    });
  }

  /**
   * Asks for permission to send one file past the edge, which may refuse bodies over about 4.5 MB. Counted like an upload. The
   * reference names this call; the fields of its body and answer are our reading of it. Throws an `UnexpectedResponseError` for an
   * answer without a token and a pathname.
   */
  async createToken(input: UploadTokenInput, options?: RequestOptions): Promise<UploadToken> {
    const body = { filename: input.filename, content_type: input.contentType };
    const call = { body, bare: true, options };
    return readToken(await this.#transport.write('POST', '/api/upload/token', call));
  }

  /**
   * Sends a file to the marketplace's file store, which is Vercel Blob at `uploadUrl`. The token goes along in place of the API key.
   * The content type must be the one of the token, and a token takes one file. Not counted.
   */
  async sendDirect(
    { upload_token: token, pathname }: UploadToken,
    { file, contentType }: UploadInput,
    options?: RequestOptions,
  ): Promise<UploadedFile> {
    const answer = await this.#transport.write('PUT', this.#uploadUrl, {
      body: new Blob([bytesOf(file)], { type: contentType }),
      url: `${this.#uploadUrl}/?pathname=${encodeURIComponent(pathname)}`,
      token,
      headers: { ...STORE_HEADERS, 'x-content-type': contentType },
      bare: true,
      options,
    });
    return readUploaded(answer, contentType);
  }
}

/** The version of the store's protocol, and that everybody may read the file. */
const STORE_HEADERS = { 'x-api-version': '12', 'x-vercel-blob-access': 'public' };

/** The multipart form of an upload: one field, `file`. */
export function uploadForm({ file, filename, contentType }: UploadInput): FormData {
  const form = new FormData();
  form.set('file', new Blob([bytesOf(file)], { type: contentType }), filename);
  return form;
}

/** The copy gives bytes that may lie in shared memory a buffer that a Blob takes. */
function bytesOf(file: Blob | Uint8Array): Blob | Uint8Array<ArrayBuffer> {
  return file instanceof Blob ? file : new Uint8Array(file);
}

function readToken(answer: unknown): UploadToken {
  const { upload_token: token, pathname } = isObject(answer) ? answer : {};
  if (typeof token === 'string' && typeof pathname === 'string') return { upload_token: token, pathname };
  throw new UnexpectedResponseError('POST /api/upload/token answered without a token and a pathname', {
    status: 200,
  });
}

function readUploaded(answer: unknown, contentType: string): UploadedFile {
  const { url, media_type: mediaType = contentType } = isObject(answer) ? answer : {};
  if (typeof url === 'string' && typeof mediaType === 'string') return { url, media_type: mediaType };
  throw new UnexpectedResponseError('The direct upload answered without the URL of the file', {
    status: 200,
    mayHaveTakenEffect: true,
  });
}
