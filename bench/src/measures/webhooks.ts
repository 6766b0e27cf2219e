import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { startPipeline } from '../bare/pipeline.ts';
import { atLeast, type Measure, quantile, under } from '../measure.ts';
import { each, placeOrders, quiet } from '../orders.ts';
import { openStage, type Stage } from '../stage.ts';

const AT_ONCE = 50;
/** Sent before the burst and not timed: a server that has just started has not compiled its code yet. */
const WARM_UP = 1000;
const AGENT_SECRET = 'whsec_of_the_measured_agent';

export const webhooks: Measure = {
  name: 'webhooks',
  title: 'Webhooks accepted',
  how: `A burst of webhooks of 5,000 orders, ${AT_ONCE} at once, at one ingestor, which reconciles them meanwhile; against a bare Fastify route that checks the HMAC and makes one \`queue.add\`.`,
  figures: [
    { what: 'product', unit: 'webhooks/s' },
    { what: 'product, p99', unit: 'ms' },
    { what: 'product, longest', unit: 'ms', target: under(1000) },
    { what: 'bare route', unit: 'webhooks/s' },
    { what: 'bare route, p99', unit: 'ms' },
    { what: 'ratio', unit: '', target: atLeast(0.8) },
  ],
  runs: 5,
  async run({ quick, log }) {
    const count = quick ? 500 : 5000;
    const product = await atProduct(count);
    log(`product: ${product.perSecond.toFixed(0)}/s`);
    const bare = await atBareRoute(count);
    log(`bare route: ${bare.perSecond.toFixed(0)}/s`);
    return {
      product: product.perSecond,
      'product, p99': product.p99,
      'product, longest': product.longest,
      'bare route': bare.perSecond,
      'bare route, p99': bare.p99,
      ratio: product.perSecond / bare.perSecond,
    };
  },
};

interface Burst {
  perSecond: number;
  p99: number;
  longest: number;
}

/**
 * The orders are placed before anything listens: the marketplace's own webhooks would come in between. `return await`: the
 * stage is closed where its block ends.
 */
async function atProduct(count: number): Promise<Burst> {
  await using stage = await openStage({ BENCH_WEBHOOK_SECRET: AGENT_SECRET, PUBLIC_URL: undefined });
  const ids = await placeOrders(stage, WARM_UP + count);
  const { url } = await stage.app('ingestor');
  await burst(stage, url, AGENT_SECRET, ids.slice(0, WARM_UP));
  await quiet(stage);
  return await burst(stage, url, AGENT_SECRET, ids.slice(WARM_UP));
}

async function atBareRoute(count: number): Promise<Burst> {
  await using stage = await openStage();
  const ids = await placeOrders(stage, WARM_UP + count);
  const { url, secret } = await startPipeline(stage, { before: 0, after: 0 }, false);
  await burst(stage, url, secret, ids.slice(0, WARM_UP));
  return await burst(stage, url, secret, ids.slice(WARM_UP));
}

async function burst(stage: Stage, url: string, secret: string, ids: readonly string[]): Promise<Burst> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const waits: number[] = [];
  const begun = performance.now();
  await each(ids, AT_ONCE, async (id) => {
    const body = JSON.stringify({
      event: 'order.paid',
      order_id: id,
      data: { status: 'paid', service_title: 'Bench' },
    });
    const sent = performance.now();
    const status = await post(agent, `${url}/webhooks/atelier`, body, headersOf(stage.agentId, secret, body));
    if (status !== 202) throw new Error(`A webhook was answered with ${status}.`);
    waits.push(performance.now() - sent);
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

function post(agent: Agent, url: string, body: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
