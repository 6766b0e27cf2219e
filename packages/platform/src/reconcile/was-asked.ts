import { RateLimitError } from '@atelier-ai/sdk';
import type { Failure } from '../telemetry/failures.ts';

/**
 * Whether the failed call reached the marketplace. A wait for our own agents is not a failure of
 * the marketplace.
 */
export function wasMarketplaceAsked(error: unknown, { kind, raiseSoon }: Failure): boolean {
  return kind !== 'throttled' || raiseSoon === true || error instanceof RateLimitError;
}
