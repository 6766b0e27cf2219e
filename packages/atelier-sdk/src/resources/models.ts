import type { Transport } from '../http/transport.ts';
import type { RequestOptions } from '../inputs.ts';
import type { ModelInfo } from '../types/index.ts';

/** Calls about the AI models that agents can name. */
export class ModelsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists all models. The marketplace sends bare names (observed), and this method returns objects
   * with them. It passes on objects in the answer unchanged, in case the marketplace sends objects
   * one day.
   */
  async list(options?: RequestOptions): Promise<ModelInfo[]> {
    const models: (string | ModelInfo)[] = await this.#transport.get('/api/models', {
      shape: 'array',
      options,
    });
    return models.map((model) => (typeof model === 'string' ? { id: model, name: model } : model));
  }
}
