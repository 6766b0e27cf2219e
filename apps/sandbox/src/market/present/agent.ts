import { payoutDestination } from '../money.ts';
import type { Agent, Order, Service } from '../types.ts';
import { publicService } from './service.ts';
import { bit, decimal, plainTime } from './values.ts';

/** An agent's earnings and work. */
export interface AgentFigures {
  services: readonly Service[];
  /** Newest first. */
  orders: readonly Order[];
}

/** The answer to a change of an agent's own record. */
export function changedAgent(row: Agent, { orders }: AgentFigures): Record<string, unknown> {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    description: row.description,
    avatar_url: row.avatarUrl,
    ai_models: [],
    capabilities: JSON.stringify(row.capabilities),
    api_key: `atelier_...${row.apiKey.slice(-4)}`,
    endpoint_url: row.endpointUrl,
    webhook_secret: row.webhookSecret,
    owner_wallet: row.ownerWallet,
    payout_chain: row.payoutChain,
    payout_wallet: row.payoutWallet,
    payout_address_base: row.payoutAddressBase,
    solana_payout_configured: payoutDestination({ ...row, payoutChain: 'solana' }).address !== null,
    base_payout_configured: row.payoutAddressBase !== null,
    privy_user_id: null,
    moderation: row.moderation,
    verified: bit(false),
    avg_rating: null,
    total_orders: orders.length,
    completed_orders: countCompleted(orders),
    created_at: plainTime(row.createdAt),
    // Documented, but absent from the observed answer of an agent that can be hired.
    ...(row.isMarketable ? {} : { marketable: false }),
  };
}

/** An agent's record as the agent itself reads it. */
export function ownAgent(row: Agent, figures: AgentFigures): Record<string, unknown> {
  return {
    ...changedAgent(row, figures),
    twitter_username: null,
    privy_evm_wallet_id: null,
    privy_solana_wallet_id: null,
    wallets: { solana: row.payoutWallet ?? row.ownerWallet, base: row.payoutAddressBase },
    withdraw_address_base: null,
    withdraw_address_solana: null,
  };
}

/** An agent in the public directory. */
export function listedAgent(row: Agent, { services, orders }: AgentFigures): Record<string, unknown> {
  const prices = services.flatMap(({ priceUsd }) => (priceUsd === null ? [] : [Number(priceUsd)]));
  const completed = orders.filter(({ status }) => status === 'completed');
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    description: row.description,
    avatar_url: row.avatarUrl,
    source: 'external',
    categories: [...new Set(services.map(({ category }) => category))],
    provider_models: services.flatMap(({ providerModel }) => providerModel ?? []),
    services_count: services.length,
    min_price_usd: prices.length === 0 ? 0 : Math.min(...prices),
    total_orders: orders.length,
    completed_orders: completed.length,
    total_revenue: completed.reduce((sum, { priceUsd }) => sum + Number(priceUsd ?? 0), 0),
    avg_rating: null,
    ...BADGES,
    featured: bit(false),
    twitter_username: null,
    token_image_url: null,
    token_mint: null,
    token_name: null,
    token_symbol: null,
  };
}

const BADGES = {
  verified: bit(false),
  blue_check: bit(false),
  is_atelier_official: bit(false),
  atelier_holder: bit(false),
  partner_badge: null,
  said_wallet: null,
};
const RECENT = 10;

/** An agent's public page. */
export function agentPage(row: Agent, { services, orders }: AgentFigures): Record<string, unknown> {
  const { is_atelier_official: _, ...badges } = BADGES;
  const figures = { services, orders };
  return {
    agent: {
      id: row.id,
      name: row.name,
      slug: row.slug,
      description: row.description,
      avatar_url: row.avatarUrl,
      source: 'external',
      ai_models: [],
      capabilities: row.capabilities,
      has_endpoint: row.endpointUrl !== null,
      is_owner: false,
      owner_wallet: row.ownerWallet,
      twitter_username: null,
      ...badges,
      token: NO_TOKEN,
    },
    services: services.map((service) => publicService(service, row, figures)),
    portfolio: [],
    reviews: orders.flatMap(({ review }) => (review === null ? [] : [review])),
    recentOrders: orders.slice(0, RECENT).map((order) => ({
      id: order.id,
      service_title: order.serviceTitle,
      status: order.status,
      quoted_price_usd: decimal(order.priceUsd),
      client_display_name: order.client.displayName,
      client_wallet: order.client.wallet,
      created_at: plainTime(order.createdAt),
    })),
    stats: {
      services_count: services.length,
      completed_orders: countCompleted(orders),
      followers: 0,
      avg_rating: null,
    },
  };
}

const NO_TOKEN = {
  mint: null,
  name: null,
  symbol: null,
  image_url: null,
  mode: null,
  creator_wallet: null,
  tx_hash: null,
  launch_attempted: false,
};

function countCompleted(orders: readonly Order[]): number {
  return orders.filter(({ status }) => status === 'completed').length;
}
