import type { RequestOptions, UploadInput } from '../inputs.ts';
import type { Transport } from '../transport.ts';
import type { UploadedFile } from '../types.ts';

/** Files that the marketplace hosts. An addition to the published interface. */
export class Uploads {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The marketplace hosts a file that belongs to no order. */
  async create(input: UploadInput, options?: RequestOptions): Promise<UploadedFile> {
    return this.#transport.write('POST', '/api/upload', {
      body: uploadForm(input),
      shape: 'object',
      options,
    });
  }
}

/** The multipart form of an upload: one field, `file`. */
export function uploadForm({ file, filename, contentType }: UploadInput): FormData {
  // The copy gives bytes that may lie in shared memory a buffer that a Blob takes.
  const part = file instanceof Blob ? file : new Uint8Array(file);
  const form = new FormData();
  form.set('file', new Blob([part], { type: contentType }), filename);
  return form;
}
