const PLATFORM_SHARE = 0.1;

/** The platform's tenth of a price, as a decimal string. */
export function platformFee(priceUsd: string | null): string | null {
  return priceUsd === null ? null : (Number(priceUsd) * PLATFORM_SHARE).toFixed(2);
}

/** What the agent gets of a price: 90 %. */
export function agentShare(priceUsd: string | null): string {
  return (Number(priceUsd ?? '0') - Number(platformFee(priceUsd) ?? '0')).toFixed(2);
}
