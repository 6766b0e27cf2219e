import { isObject } from '../answer.ts';
import { UnexpectedResponseError } from '../errors.ts';
import type { RequestOptions, UploadInput, UploadTokenInput } from '../inputs.ts';
import type { Transport } from '../transport.ts';
import type { UploadedFile, UploadToken } from '../types/index.ts';

/** Files that the marketplace hosts. An addition to the published interface. */
export class UploadsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
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
   * reference names this call and does not describe its body and answer: both are our assumption. Throws an
   * `UnexpectedResponseError` for an answer without a token and an address.
   */
  async createToken(input: UploadTokenInput, options?: RequestOptions): Promise<UploadToken> {
    const { filename, contentType, bytes } = input;
    const body = { filename, content_type: contentType, size: bytes };
    const answer = await this.#transport.write('POST', '/api/upload/token', { body, bare: true, options });
    return readToken(answer);
  }

  /** Sends a file to the address that came with a token. The API key does not go along. Not counted. */
  async sendDirect({ upload_url: url, token }: UploadToken, input: UploadInput, options?: RequestOptions) {
    const { origin, pathname } = new URL(url);
    const answer = await this.#transport.write<unknown>('PUT', `${origin}${pathname}`, {
      body: new Blob([bytesOf(input.file)], { type: input.contentType }),
      url,
      token,
      bare: true,
      options,
    });
    return readUploaded(answer, input.contentType);
  }
}

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
  const fields = isObject(answer) ? answer : {};
  const token = fields.token ?? fields.client_token ?? fields.clientToken;
  const url = fields.upload_url ?? fields.uploadUrl ?? fields.url;
  if (
    typeof token === 'string' &&
    typeof url === 'string' &&
    /^https?:/.test(URL.parse(url)?.protocol ?? '')
  ) {
    return { token, upload_url: url };
  }
  throw new UnexpectedResponseError('POST /api/upload/token answered without a token and an upload_url', {
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
