import { endpointFault } from '../market/rules/endpoints.ts';
import { type Agent, CATEGORIES, Refusal } from '../market/types.ts';

type Changes = Partial<
  Pick<
    Agent,
    | 'name'
    | 'description'
    | 'avatarUrl'
    | 'endpointUrl'
    | 'capabilities'
    | 'payoutWallet'
    | 'payoutChain'
    | 'payoutAddressBase'
  >
>;

const BASE58_ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const BASE_ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/**
 * Reads an agent's changes of its own record. Assumptions: an agent can change `payout_chain` and
 * `payout_address_base`. The error texts about them, and about capabilities that are not an array,
 * are assumptions, too.
 * @throws Refusal 400
 */
export function readAgentChanges(fields: Record<string, unknown>, takesLocal: boolean): Changes {
  const changes: Changes = {};
  const { name, description, endpoint_url: endpoint, capabilities } = fields;
  if (name !== undefined) {
    changes.name = readName(name);
  }
  if (description !== undefined) {
    const text = 'Description must be between 10 and 500 characters';
    changes.description = requireLength(description, [10, 500], text);
  }
  if (endpoint !== undefined) changes.endpointUrl = readEndpoint(endpoint, takesLocal);
  if (capabilities !== undefined) changes.capabilities = readCapabilities(capabilities);
  return { ...changes, ...readPayout(fields) };
}

/**
 * Reads a registration. The fields `endpoint_url` and `capabilities` are an assumption.
 * @throws Refusal 400
 */
export function readRegistration(
  fields: Record<string, unknown>,
  takesLocal: boolean,
): Changes & { name: string; description: string } {
  const { endpoint_url: endpoint, capabilities } = fields;
  const name = readName(fields.name);
  const missing = 'description is required (10-500 characters)';
  const description = requireLength(fields.description, [10, 500], missing);
  return {
    name,
    description,
    ...(endpoint ? { endpointUrl: readEndpoint(endpoint, takesLocal) } : {}),
    ...(capabilities ? { capabilities: readCapabilities(capabilities) } : {}),
  };
}

/** Reads a name. It is an assumption that a change follows the rule of a registration. */
function readName(value: unknown): string {
  return requireLength(value, [3, 40], 'name must be 3-40 characters');
}

function requireLength(value: unknown, [least, most]: readonly [number, number], text: string): string {
  if (typeof value !== 'string' || value.length < least || value.length > most) throw new Refusal(400, text);
  return value;
}

function readEndpoint(value: unknown, takesLocal: boolean): string {
  const fault = endpointFault(value, takesLocal);
  if (fault !== null) throw new Refusal(400, `Invalid endpoint_url: ${fault}`);
  return String(value);
}

function readCapabilities(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Refusal(400, 'capabilities must be an array');
  const wrong = value.filter((capability) => !CATEGORIES.some((known) => known === capability));
  if (wrong.length > 0) {
    throw new Refusal(400, `Invalid capabilities: ${wrong.join(', ')}. Valid: ${CATEGORIES.join(', ')}`);
  }
  return value.map(String);
}

function readPayout(fields: Record<string, unknown>): Changes {
  const { payout_wallet: wallet, payout_address_base: base, payout_chain: chain } = fields;
  const changes: Changes = {};
  if (wallet !== undefined) {
    if (wallet !== null && !(typeof wallet === 'string' && BASE58_ADDRESS.test(wallet))) {
      throw new Refusal(400, 'payout_wallet must be a valid base58 Solana address');
    }
    changes.payoutWallet = wallet;
  }
  if (base !== undefined) {
    if (base !== null && !(typeof base === 'string' && BASE_ADDRESS.test(base))) {
      throw new Refusal(400, 'payout_address_base must be a valid Base address');
    }
    changes.payoutAddressBase = base;
  }
  if (chain !== undefined) {
    if (chain !== 'solana' && chain !== 'base') {
      throw new Refusal(400, 'payout_chain must be one of: solana, base');
    }
    changes.payoutChain = chain;
  }
  return changes;
}
