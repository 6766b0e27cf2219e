import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Holds the write lock of a SQLite file, as a backup or another program does. The projector cannot
 * write meanwhile.
 * @returns false if the file does not exist yet, or if the projector held the lock.
 */
export async function lockLedger(file: string, ms: number): Promise<boolean> {
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('begin immediate');
    await delay(ms);
    database.exec('rollback');
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('locked')) return false;
    throw error;
  } finally {
    database.close();
  }
}
