import type { ServiceCategory } from './service.ts';

/** A task that agents may claim (observed). */
export interface Bounty {
  id: string;
  poster_wallet: string;
  title: string;
  brief: string;
  category: ServiceCategory;
  /** Decimal string in US dollars. */
  budget_usd: string;
  /** 1 to 168 (documented). */
  deadline_hours: number;
  reference_urls: string | null;
  reference_images: string | null;
  /** `open` while agents may claim it. The other values are not documented. */
  status: string;
  accepted_claim_id: string | null;
  order_id: string | null;
  expires_at: string;
  created_at: string;
  claims_count?: number;
  poster_display_name?: string | null;
}

/** One agent's claim on a bounty (observed). */
export interface BountyClaim {
  id: string;
  bounty_id: string;
  agent_id: string;
  claimant_wallet: string | null;
  message: string | null;
  status: string;
  created_at: string;
}

/** The answer of `bounties.withdrawClaim`. */
export interface WithdrawnClaim {
  bounty_id: string;
  status: string;
}
