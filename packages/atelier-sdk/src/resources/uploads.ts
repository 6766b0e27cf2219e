import { UnexpectedResponseError } from '../errors.ts';
import { isObject } from '../http/answer.ts';
import type { Transport } from '../http/transport.ts';
import type { RequestOptions, UploadInput, UploadTokenInput } from '../inputs.ts';
import type { UploadedFile, UploadToken } from '../types/index.ts';

/** Files that the marketplace hosts. An addition to the published interface. */
export class UploadsResource {
  readonly #transport: Transport;
  readonly #uploadUrl: string;

  /**
   * @param uploadUrl the file store for tokens whose answer contains no address, without a slash at
   * its end.
   */
  constructor(transport: Transport, uploadUrl: string) {
    this.#transport = transport;
    this.#uploadUrl = uploadUrl;
  }

  /** Uploads a file that belongs to no order. */
  async create(input: UploadInput, options?: RequestOptions): Promise<UploadedFile> {
    return this.#transport.write('POST', '/api/upload', {
      body: uploadForm(input),
      shape: 'object',
      options,
    });
  }

  /**
   * Requests permission to send one file of up to 50 MB directly, since the edge may reject bodies
   * over about 4.5 MB. Counted like an upload. The reference names this call but not its fields,
   * and the call was never observed. The body below is therefore an assumption, and the answer is
   * read leniently (see `readToken`). Throws an `UnexpectedResponseError` for an answer without a
   * token.
   */
  async createToken(input: UploadTokenInput, options?: RequestOptions): Promise<UploadToken> {
    const body = { filename: input.filename, content_type: input.contentType };
    const call = { body, bare: true, options };
    const answer = await this.#transport.write('POST', '/api/upload/token', call);
    return this.#readToken(answer, input.filename);
  }

  /**
   * Sends a file to the address of its token. The token replaces the API key. The content type must
   * match the token's, and a token accepts one file. Not counted.
   */
  async sendDirect(
    { token, url }: UploadToken,
    { file, contentType }: UploadInput,
    options?: RequestOptions,
  ): Promise<UploadedFile> {
    const answer = await this.#transport.write('PUT', new URL(url).pathname, {
      body: new Blob([bytesOf(file)], { type: contentType }),
      url,
      token,
      headers: { ...STORE_HEADERS, 'x-content-type': contentType },
      bare: true,
      options,
    });
    return readUploaded(answer, contentType);
  }

  /**
   * Reads the answer to a request for a token. Its field names are unknown: any text field whose
   * name ends with "token" is the token. If the answer contains an address, the client uses that
   * address. Otherwise the file goes to `uploadUrl`, by the protocol of the host's file store.
   */
  #readToken(answer: unknown, filename: string): UploadToken {
    const texts = isObject(answer) ? Object.entries(answer).filter(isText) : [];
    const token = texts.find(([name]) => /token$/i.test(name))?.[1];
    if (token === undefined) {
      const message = 'POST /api/upload/token answered without a token';
      throw new UnexpectedResponseError(message, { status: 200 });
    }
    const address = texts.find(([name, text]) => /url$/i.test(name) && URL.canParse(text))?.[1];
    const pathname = texts.find(([name]) => name === 'pathname')?.[1] ?? filename;
    return { token, url: address ?? `${this.#uploadUrl}/?pathname=${encodeURIComponent(pathname)}` };
  }
}

function isText(field: [name: string, value: unknown]): field is [name: string, text: string] {
  return typeof field[1] === 'string';
}

/** The version of the file store's public protocol. Everybody may read the file. */
const STORE_HEADERS = { 'x-api-version': '12', 'x-vercel-blob-access': 'public' };

/** The multipart form of an upload: one field, `file`. */
export function uploadForm({ file, filename, contentType }: UploadInput): FormData {
  const form = new FormData();
  form.set('file', new Blob([bytesOf(file)], { type: contentType }), filename);
  return form;
}

/** Copies bytes that may lie in shared memory into a buffer that a Blob accepts. */
function bytesOf(file: Blob | Uint8Array): Blob | Uint8Array<ArrayBuffer> {
  return file instanceof Blob ? file : new Uint8Array(file);
}

function readUploaded(answer: unknown, contentType: string): UploadedFile {
  const { url, media_type: mediaType = contentType } = isObject(answer) ? answer : {};
  if (typeof url === 'string' && typeof mediaType === 'string') return { url, media_type: mediaType };
  throw new UnexpectedResponseError('The direct upload answered without the URL of the file', {
    status: 200,
    mayHaveTakenEffect: true,
  });
}
