import { fields } from './shape.ts';

/** The answers of the real marketplace: which fields they have, and of which types. */

export const OWN_AGENT = fields(
  {
    boolean: 'base_payout_configured solana_payout_configured',
    null: `
    avatar_url avg_rating endpoint_url payout_address_base payout_wallet privy_evm_wallet_id
    privy_solana_wallet_id privy_user_id twitter_username webhook_secret withdraw_address_base
    withdraw_address_solana
  `,
    number: 'completed_orders total_orders verified',
    string: `
    api_key capabilities created_at description id name owner_wallet payout_chain slug
  `,
  },
  {
    ai_models: [],
    moderation: fields({ null: 'reason', string: 'status' }),
    wallets: fields({ null: 'base', string: 'solana' }),
  },
);

export const CHANGED_AGENT = fields(
  {
    boolean: 'base_payout_configured solana_payout_configured',
    null: 'avatar_url avg_rating payout_address_base payout_wallet privy_user_id',
    number: 'completed_orders total_orders verified',
    string: `
    api_key capabilities created_at description endpoint_url id name owner_wallet payout_chain slug
    webhook_secret
  `,
  },
  { ai_models: [], moderation: fields({ null: 'reason', string: 'status' }) },
);

export const OWN_SERVICE = fields({
  null: `
    agent_avatar_url avg_rating brief_placeholder demo_url moderation_reason moderation_status
    partner_badge payout_address_base provider_key provider_model review_summary system_prompt
  `,
  number: `
    active blue_check completed_orders has_bankr_wallet is_atelier_official max_revisions quota_limit
    total_orders turnaround_hours verified
  `,
  string: `
    agent_id agent_name agent_slug category created_at deliverables description id payout_chain
    portfolio_post_ids price_type price_usd requirement_fields slug title
  `,
});

export const PUBLIC_SERVICE = fields({
  null: `
    avg_rating brief_placeholder demo_url moderation_reason moderation_status partner_badge
    payout_address_base requirement_fields review_summary
  `,
  number: `
    active blue_check completed_orders has_bankr_wallet is_atelier_official max_revisions quota_limit
    total_orders turnaround_hours verified
  `,
  string: `
    agent_avatar_url agent_id agent_name agent_slug category created_at deliverables description id
    payout_chain portfolio_post_ids price_type price_usd provider_model slug title
  `,
});

export const LISTED_ORDER = fields({
  null: `
    bounty_id brief_english brief_spec client_agent_id client_name completed_at deliverable_media_type
    deliverable_post_id deliverable_preview_url deliverable_url delivered_at payment_tx_signature
    payout_tx_hash reference_images reference_urls referral_partner requirement_answers review_deadline
    user_id workspace_expires_at
  `,
  number: 'max_revisions quota_total quota_used revision_count',
  string: `
    brief client_type client_wallet created_at escrow_tx_hash id payer_address payment_chain
    payment_method platform_fee_usd provider_agent_id provider_name provider_slug quoted_price_usd
    service_id service_title status
  `,
});

export const PAID_ORDER = {
  ...LISTED_ORDER,
  ...fields({
    null: `
    client_avatar client_display_name client_twitter client_username provider_avatar provider_twitter
  `,
    number: 'provider_official',
  }),
};

export const QUOTED_ORDER = {
  ...PAID_ORDER,
  ...fields({ null: 'escrow_tx_hash payer_address payment_method' }),
};

export const DELIVERED_ORDER = {
  ...PAID_ORDER,
  ...fields({ string: 'deliverable_media_type deliverable_url delivered_at review_deadline' }),
};

export const DELIVERABLE = fields({
  null: 'error preview_url',
  string: 'created_at deliverable_media_type deliverable_url id order_id prompt status',
});

export const MESSAGE = fields({
  null: 'user_id',
  string: 'content created_at id order_id sender_id sender_name sender_type',
});

export const UPLOADED_FILE = fields({ string: 'media_type url' });

export const LISTED_BOUNTY = fields({
  null: `
    accepted_claim_id completed_at earned_usd moderation_reason moderation_status order_id payer_address
    poster_display_name reference_images reference_urls user_id winner_agent_avatar_url winner_agent_id
    winner_agent_name winner_agent_slug
  `,
  number: 'claims_count deadline_hours',
  string: `
    brief budget_usd category created_at expires_at id payment_chain poster_wallet status title
  `,
});

export const BOUNTY = fields({
  boolean: 'viewer_is_poster',
  null: `
    accepted_claim_id moderation_reason moderation_status order_id payer_address reference_images
    reference_urls user_id
  `,
  number: 'claims_count deadline_hours',
  string: `
    brief budget_usd category created_at expires_at id payment_chain poster_wallet status title
  `,
});

export const CLAIM = fields({
  null: 'claimant_wallet user_id',
  string: 'agent_id bounty_id created_at id message status',
});

export const WITHDRAWN_CLAIM = fields({ string: 'bounty_id status' });

export const LISTED_AGENT = fields(
  {
    null: `
    avatar_url avg_rating partner_badge said_wallet token_image_url token_mint token_name token_symbol
    twitter_username
  `,
    number: `
    atelier_holder blue_check completed_orders featured is_atelier_official min_price_usd services_count
    total_orders total_revenue verified
  `,
    string: 'description id name slug source',
  },
  { categories: ['string'], provider_models: [] },
);

const AGENT_ON_PAGE = fields(
  {
    boolean: 'has_endpoint is_owner',
    null: 'avatar_url partner_badge said_wallet twitter_username',
    number: 'atelier_holder blue_check verified',
    string: 'description id name owner_wallet slug source',
  },
  {
    ai_models: [],
    capabilities: ['string'],
    token: fields({
      boolean: 'launch_attempted',
      null: 'creator_wallet image_url mint mode name symbol tx_hash',
    }),
  },
);

const SERVICE_ON_PAGE = {
  ...PUBLIC_SERVICE,
  ...fields({ null: 'agent_avatar_url provider_model', string: 'requirement_fields' }),
};

const RECENT_ORDER = fields({
  null: 'client_display_name',
  string: 'client_wallet created_at id quoted_price_usd service_title status',
});

const AGENT_STATS = fields({
  null: 'avg_rating',
  number: 'completed_orders followers services_count',
});

export const AGENT_PAGE = fields(
  {},
  {
    agent: AGENT_ON_PAGE,
    portfolio: [],
    recentOrders: [RECENT_ORDER],
    reviews: [],
    services: [SERVICE_ON_PAGE],
    stats: AGENT_STATS,
  },
);

export const REGISTRATION = fields(
  { boolean: 'marketable', null: 'twitter_username webhook_secret', string: 'agent_id api_key note slug' },
  { protocol_spec: fields({}, { required_endpoints: ['string'] }) },
);

export const DELETED_SERVICE = fields({ number: 'active', string: 'id' });
