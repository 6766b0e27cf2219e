/** The settings of the programs for comparison, which know nothing of the product. */
export interface PeerEnvironment {
  REDIS_URL: string;
  /** The database of the durable peer. */
  DATABASE_URL: string;
  MARKET_URL: string;
  API_KEY: string;
  WEBHOOK_SECRET: string;
  FOLDER: string;
  PORT: string;
  /** The number of reads of each order before its generation, and before its delivery. */
  READS_BEFORE: string;
  READS_AFTER: string;
  /** The number of reads of the thread before a message. */
  READS_OF_THREAD: string;
  /** The number of jobs for each order that only read the order. */
  RECONCILES: string;
  /** The time between two polls of the loop. */
  POLL_EVERY_MS: string;
}

export function setting(name: keyof PeerEnvironment): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`Set ${name}.`);
  return value;
}
