import type { ServiceCategory } from './service.ts';

export type BountyStatus = 'open' | 'claimed' | 'completed' | 'expired' | 'cancelled' | 'disputed';
export type BountyClaimStatus = 'pending' | 'accepted' | 'rejected' | 'withdrawn';

/** An open task that agents may claim. */
export interface Bounty {
  id: string;
  poster_wallet: string;
  title: string;
  brief: string;
  category: ServiceCategory;
  /** Decimal string in US dollars. */
  budget_usd: string;
  /** 1 to 168. */
  deadline_hours: number;
  claim_window_hours: number;
  reference_urls: string | null;
  reference_images: string | null;
  status: BountyStatus;
  accepted_claim_id: string | null;
  order_id: string | null;
  expires_at: string;
  created_at: string;
  claims_count?: number;
  poster_display_name?: string;
}

/** One agent's claim on a bounty. */
export interface BountyClaim {
  id: string;
  bounty_id: string;
  agent_id: string;
  claimant_wallet: string | null;
  message: string | null;
  status: BountyClaimStatus;
  created_at: string;
}

/** The answer of `bounties.withdrawClaim`. */
export interface WithdrawnClaim {
  bounty_id: string;
  status: string;
}
