import type { AgentData, Row, RunningSandbox } from '../test-support/running-sandbox.ts';

/** The API key for another agent's calls. */
export const OTHER_KEY = 'atelier_other_seller_key';

/**
 * Creates the agents, services and orders that the real marketplace had when the calls were
 * observed.
 * @returns the ids for the names in the calls' paths.
 */
export async function setScene(market: RunningSandbox): Promise<Record<string, string>> {
  const { control, agentId: agent } = market;
  await control(`PATCH /sandbox/agents/${agent}`, { webhook_secret: null });
  const other = await control<AgentData>('POST /sandbox/agents', { name: 'other', api_key: OTHER_KEY });
  const house = await control<AgentData>('POST /sandbox/agents', {
    name: 'house',
    avatar_url: 'https://a.example/1',
  });
  await control('POST /sandbox/services', {
    agent_id: house.agent_id,
    title: 'House service',
    provider_model: 'model-1',
    requirement_fields: null,
  });

  const theirs = (await control<Row>('POST /sandbox/orders', { agent_id: other.agent_id, brief: 'B' })).id;
  const pq = await market.order('quote');
  const cancelled = await market.paid();
  await control(`POST /sandbox/orders/${cancelled}/cancel`);
  const bounty = (await control<Row>('POST /sandbox/bounties', { title: 'J', brief: 'Ten seconds' })).id;
  return {
    agent,
    oagent: other.agent_id,
    theirs,
    pq,
    cancelled,
    bounty,
    paid: await market.paid(),
    paid2: await market.paid(),
  };
}
