import os from 'node:os';
import path from 'node:path';
import { MARK_VARIABLE } from '@fulfillment/processes';

/** Settings of this product that hold secrets. No handler needs them. */
const SECRET_SETTINGS = ['ATELIER_API_KEY', 'ATELIER_WEBHOOK_SECRET', 'REDIS_URL', 'ADMIN_PASSWORD'];

/**
 * The environment of a child. A handler gets the variables of its worker, because it reads the keys
 * of its services there. The secrets of the product itself are missing: those of its own settings, and
 * every variable that holds the key or the webhook secret of an agent, whatever its name.
 * @param withheld the keys and webhook secrets of the configured agents.
 * @param mark marks the child and the programs that it starts.
 */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  { withheld, mark }: { withheld: readonly string[]; mark: string },
): NodeJS.ProcessEnv {
  const secrets = new Set(withheld);
  const passed = Object.entries(env).filter(
    ([name, value = '']) => !SECRET_SETTINGS.includes(name) && !secrets.has(value),
  );
  return {
    // Compiled modules are kept here, which halves the time to start a child.
    NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'fulfillment-compile-cache'),
    ...Object.fromEntries(passed),
    [MARK_VARIABLE]: mark,
  };
}
