/** What the bare programs are told. They know nothing of the product. */
export interface BareEnvironment {
  REDIS_URL: string;
  MARKET_URL: string;
  API_KEY: string;
  WEBHOOK_SECRET: string;
  FOLDER: string;
  PORT: string;
  /** How often each order is read before it is generated, and before it is delivered. */
  READS_BEFORE: string;
  READS_AFTER: string;
  /** How often the thread is read before a message is sent. */
  READS_OF_THREAD: string;
  /** How many jobs are added for each order that only look at it. */
  RECONCILES: string;
  /** How long the loop waits between two polls. */
  POLL_EVERY_MS: string;
}

export function setting(name: keyof BareEnvironment): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`Set ${name}.`);
  return value;
}
