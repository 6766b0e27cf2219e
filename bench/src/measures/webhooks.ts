import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { atLeast, type Measure, quantile, under } from '../measure.ts';
import { each, placeOrders, quiet } from '../orders.ts';
import { startPipeline } from '../programs/pipeline.ts';
import { openStage } from '../stage.ts';

/** The number of concurrent webhooks during the measurement of the rate. */
const AT_ONCE = 50;
/**
 * A sender that sends all webhooks at once opens this many connections. A webhook without a
 * connection waits at the sender.
 */
const CONNECTIONS = 256;
/**
 * Webhooks sent before the burst and not timed: a freshly started server has not compiled its code
 * yet.
 */
const WARM_UP = 1000;
const AGENT_SECRET = 'whsec_of_the_measured_agent';

export const webhooks: Measure = {
  name: 'webhooks',
  title: 'Webhooks accepted',
  how:
    'Webhooks of 5,000 orders go to one ingestor, which reconciles the orders meanwhile. The comparison is a bare Fastify route that ' +
    `checks the HMAC and calls \`queue.add\` once. The rate is measured with ${AT_ONCE} webhooks in flight. The burst is 5,000 more webhooks ` +
    `that are all due at the same moment, over ${CONNECTIONS} connections. Their times begin at that moment, and include the wait for a connection.`,
  figures: [
    { what: 'product', unit: 'webhooks/s' },
    { what: 'product, p99', unit: 'ms' },
    { what: 'product, burst, p99', unit: 'ms' },
    { what: 'product, burst, longest', unit: 'ms', target: under(1000) },
    { what: 'bare route', unit: 'webhooks/s' },
    { what: 'bare route, p99', unit: 'ms' },
    { what: 'bare route, burst, longest', unit: 'ms' },
    { what: 'ratio', unit: '', target: atLeast(0.8) },
  ],
  runs: 5,
  async run({ quick, log }) {
    const count = quick ? 500 : 5000;
    const product = await atProduct(count);
    log(`product: ${product.rate.perSecond.toFixed(0)}/s, burst ${product.burst.longest.toFixed(0)} ms`);
    const bare = await atBareRoute(count);
    log(`bare route: ${bare.rate.perSecond.toFixed(0)}/s, burst ${bare.burst.longest.toFixed(0)} ms`);
    return {
      product: product.rate.perSecond,
      'product, p99': product.rate.p99,
      'product, burst, p99': product.burst.p99,
      'product, burst, longest': product.burst.longest,
      'bare route': bare.rate.perSecond,
      'bare route, p99': bare.rate.p99,
      'bare route, burst, longest': bare.burst.longest,
      ratio: product.rate.perSecond / bare.rate.perSecond,
    };
  },
};

interface Sent {
  perSecond: number;
  p99: number;
  longest: number;
}

/** The process that receives the webhooks of an agent. */
interface Receiver {
  url: string;
  agentId: string;
  secret: string;
}

/** How webhooks are sent. */
interface Way {
  connections: number;
  /**
   * Whether every wait counts from the beginning, the intended time of all webhooks. Otherwise each
   * wait counts from the time of sending.
   */
  isBurst: boolean;
}

const FEW: Way = { connections: AT_ONCE, isBurst: false };

/** A run with a few webhooks at a time, and a run with all at once. */
interface Both {
  rate: Sent;
  burst: Sent;
}

/**
 * Places the orders before anything listens. Otherwise the marketplace's own webhooks would mix
 * with the measured ones. `return await` matters: the stage closes at the end of its block.
 */
async function atProduct(count: number): Promise<Both> {
  await using stage = await openStage({ BENCH_WEBHOOK_SECRET: AGENT_SECRET, PUBLIC_URL: undefined });
  const ids = await placeOrders(stage, WARM_UP + 2 * count);
  const { url } = await stage.app('ingestor');
  return await sendBoth({ agentId: stage.agentId, url, secret: AGENT_SECRET }, ids, (orders) =>
    quiet(stage, orders),
  );
}

async function atBareRoute(count: number): Promise<Both> {
  await using stage = await openStage();
  const ids = await placeOrders(stage, WARM_UP + 2 * count);
  const { url, secret } = await startPipeline(
    stage,
    { before: 0, after: 0, threads: 0, reconciles: 0 },
    false,
  );
  return await sendBoth({ agentId: stage.agentId, url, secret }, ids, async () => undefined);
}

/** @param settle waits until the receiver has processed the webhooks of this many orders. */
async function sendBoth(
  receiver: Receiver,
  ids: readonly string[],
  settle: (orders: number) => Promise<void>,
): Promise<Both> {
  const half = WARM_UP + (ids.length - WARM_UP) / 2;
  const send = async (from: number, to: number, way: Way) => {
    const sent = await sendAll(receiver, ids.slice(from, to), way);
    await settle(to);
    return sent;
  };
  await send(0, WARM_UP, FEW);
  const rate = await send(WARM_UP, half, FEW);
  const burst = await send(half, ids.length, { connections: CONNECTIONS, isBurst: true });
  return { rate, burst };
}

async function sendAll(
  { agentId, url, secret }: Receiver,
  ids: readonly string[],
  { connections, isBurst }: Way,
): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const events = ids.map((id) => {
    const data = { status: 'paid', service_title: 'Bench' };
    const body = JSON.stringify({ event: 'order.paid', order_id: id, data });
    return { body, headers: headersOf(agentId, secret, body) };
  });
  const waits: number[] = [];
  const begun = performance.now();
  await each(events, connections, async ({ body, headers }) => {
    const meant = isBurst ? begun : performance.now();
    const status = await post(agent, `${url}/webhooks/atelier`, { body, headers });
    if (status !== 202) throw new Error(`A webhook was answered with ${status}.`);
    waits.push(performance.now() - meant);
  });
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return { perSecond: ids.length / seconds, p99: quantile(waits, 0.99), longest: Math.max(...waits) };
}

function headersOf(agentId: string, secret: string, body: string): Record<string, string> {
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return {
    'content-type': 'application/json',
    'x-atelier-agent-id': agentId,
    'x-atelier-signature': `t=${at},v1=${signature}`,
  };
}

function post(
  agent: Agent,
  url: string,
  { body, headers }: { body: string; headers: Record<string, string> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
