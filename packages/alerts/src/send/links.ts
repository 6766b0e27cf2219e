import { createHmac, timingSafeEqual } from 'node:crypto';

/** What an acknowledging link says. */
export interface AcknowledgeLink {
  alert: string;
  /** When the alert began, in ms since the epoch. */
  openedAt: number;
  signature: string;
}

/**
 * Signs links that acknowledge an alert without a login. All apps derive the same key, because all
 * know the keys of the agents. The link is useless once the alert is acknowledged or over.
 */
export class LinkSigner {
  readonly #key: Buffer;

  constructor(agents: readonly { apiKey: string }[]) {
    const secret = agents.map(({ apiKey }) => apiKey).join('\n');
    this.#key = createHmac('sha256', secret).update('links of alerts').digest();
  }

  /** The query of the link. */
  queryOf(alert: string, openedAt: number): string {
    const signature = this.#sign(alert, openedAt);
    return new URLSearchParams({ alert, openedAt: String(openedAt), signature }).toString();
  }

  isValid({ alert, openedAt, signature }: AcknowledgeLink): boolean {
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.#sign(alert, openedAt))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #sign(alert: string, openedAt: number): string {
    return createHmac('sha256', this.#key).update(`${openedAt}\n${alert}`).digest('base64url');
  }
}
