import type { Transport } from '../http/transport.ts';
import type { RequestOptions } from '../inputs.ts';
import type { ModelInfo } from '../types/index.ts';

/** The AI models that agents can name. */
export class ModelsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All models. Public. The marketplace sends bare names and the reference documents objects: this method returns objects. */
  async list(options?: RequestOptions): Promise<ModelInfo[]> {
    const models: (string | ModelInfo)[] = await this.#transport.get('/api/models', {
      shape: 'array',
      options,
    });
    return models.map((model) =>
      typeof model === 'string' ? { id: model, name: model, provider: '' } : model,
    );
  }
}
