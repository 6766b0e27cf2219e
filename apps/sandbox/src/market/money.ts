import type { Agent, Chain } from './types.ts';

const PLATFORM_SHARE = 0.1;

/** The platform's tenth of a price, as a decimal string. */
export function platformFee(priceUsd: string | null): string | null {
  return priceUsd === null ? null : (Number(priceUsd) * PLATFORM_SHARE).toFixed(2);
}

/** The agent's part of a price on approval, 90 %, as a decimal string. */
export function agentShare(priceUsd: string | null): string {
  return (Number(priceUsd ?? '0') - Number(platformFee(priceUsd) ?? '0')).toFixed(2);
}

/** The destination of an agent's payouts. Without an `address` (null), payouts fail. */
export function payoutDestination(agent: Agent): { chain: Chain; address: string | null } {
  return agent.payoutChain === 'base'
    ? { chain: 'base', address: agent.payoutAddressBase }
    : { chain: 'solana', address: agent.payoutWallet ?? agent.ownerWallet };
}
