import { MARK_VARIABLE } from '@fulfillment/processes/groups';
import { API_KEY, isPasswordHash } from '@fulfillment/shared';

/** Settings of this product that hold secrets. No handler needs them. */
const SECRET_SETTINGS = ['REDIS_URL', 'ADMIN_PASSWORD', 'LEDGER_URL'];
/** Settings of this product that hold secrets, and that a configuration may read for its agents. */
const AGENT_SETTINGS = ['ATELIER_API_KEY', 'ATELIER_WEBHOOK_SECRET'];
/** A configuration that insists on a variable still loads. */
const WITHHELD = 'atelier_withheld';

/**
 * The environment of a child. A handler gets the variables of its worker, because it reads the keys
 * of its services there. The secrets of the product itself are missing. Each variable that holds
 * the key or the webhook secret of an agent, a secret of an alert channel, or the hash of a
 * password, has the text
 * `atelier_withheld` instead. The variable's name does not matter: a key of the marketplace and a
 * hash are also known by their form.
 * @param options.withheld the values to withhold. See `withheldSecrets`.
 * @param options.mark marks the child and the programs that it starts.
 */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  { withheld, mark }: { withheld: readonly string[]; mark: string },
): NodeJS.ProcessEnv {
  const secrets = new Set(withheld);
  const isAgents = (name: string, value: string) =>
    AGENT_SETTINGS.includes(name) || secrets.has(value) || API_KEY.test(value) || isPasswordHash(value);
  const passed = Object.entries(env)
    .filter(([name]) => !SECRET_SETTINGS.includes(name))
    .map(([name, value = '']) => [name, value !== '' && isAgents(name, value) ? WITHHELD : value]);
  return {
    ...Object.fromEntries(passed),
    [MARK_VARIABLE]: mark,
  };
}
