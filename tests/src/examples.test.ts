import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { freePort } from '@fulfillment/devtools';
import { ProcessGroup, startProcess } from '@fulfillment/processes';
import { afterAll, describe, expect, test } from 'vitest';
import { AGENTS } from './harness/agents.ts';
import { cleanEnvironment, ROOT } from './harness/environment.ts';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';
import { opened } from './scenarios/check.ts';

const [STUDIO, SECOND] = AGENTS;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/**
 * Runs an example as an operator does: with its configuration, the operator's keys, and the four
 * apps.
 */
async function withExample(
  name: string,
  env: Record<string, string | undefined>,
  work: (system: System) => Promise<void>,
): Promise<void> {
  const system = await startSystem({
    env: {
      SECOND_KEY: undefined,
      SILENT_KEY: undefined,
      NOISY_KEY: undefined,
      FULFILLMENT_CONFIG: path.join(ROOT, 'examples', name, 'fulfillment.config.ts'),
      ATELIER_API_KEY: STUDIO.apiKey,
      ...env,
    },
  });
  try {
    await work(system);
  } finally {
    await system.close();
  }
}

/** Starts a service of the operator on loopback. */
async function serve(
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(request, Buffer.concat(chunks).toString('utf8'), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const json = (response: ServerResponse, body: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** An example starts four apps, and other tests may use the machine. */
describe('the example', { timeout: 60_000 }, () => {
  test('image studio quotes by the image, generates images, and reports its cost', async () => {
    const model = await serve((_request, body, response) => {
      const { n } = JSON.parse(body) as { n: number };
      json(response, {
        created: 1,
        data: Array.from({ length: n }, () => ({ b64_json: PNG.toString('base64') })),
      });
    });
    await withExample('image-studio', { MODEL_URL: `${model}/v1` }, async (system) => {
      const trade = await place(system, {
        category: 'image_gen',
        priceType: 'quote',
        brief: 'A cat that reads a book.',
        overrides: { requirement_answers: JSON.stringify({ images: '3' }) },
      });
      expect((await trade.status('quoted')).order.quoted_price_usd).toBe('24');
      await trade.buyer('pay');
      const { deliverables } = await trade.status('delivered');
      expect(deliverables).toHaveLength(3);
      expect((await opened(deliverables[0]?.deliverable_url ?? '')).type).toBe('image/png');
      expect(await trade.fact('used')).toMatchObject({ images: 3, costUsd: 0.12 });
      const short = await place(system, { category: 'image_gen', priceType: 'quote', brief: 'Cat' });
      expect((await short.attention()).reason).toContain('too short to draw from');
    });
  });

  test('code shop delivers several files as an archive', async () => {
    const files = [
      { path: 'README.md', content: '# Sort' },
      { path: 'src/sort.py', content: 'print(1)\n' },
    ];
    const model = await serve((_request, _body, response) => {
      const message = { role: 'assistant', content: JSON.stringify({ files }) };
      json(response, {
        id: 'c1',
        object: 'chat.completion',
        created: 1,
        model: 'gpt-5',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: { prompt_tokens: 400, completion_tokens: 100, total_tokens: 500 },
      });
    });
    await withExample('code-shop', { MODEL_URL: `${model}/v1` }, async (system) => {
      const trade = await place(system, { category: 'coding', brief: 'Sort a list.' });
      await trade.buyer('pay');
      const [file] = (await trade.status('delivered')).deliverables;
      expect(file?.deliverable_media_type).toBe('code');
      expect(await opened(file?.deliverable_url ?? '')).toMatchObject({ type: 'application/zip' });
    });
  });

  test('python pipeline delivers the files of a Python program, and an impossible brief waits', async () => {
    await withExample('python-pipeline', { PYTHON_PATH: process.env.PYTHON_PATH }, async (system) => {
      const trade = await place(system, { brief: 'Rain & <wind>' });
      await trade.buyer('pay');
      const urls = (await trade.status('delivered')).deliverables.map((row) => row.deliverable_url);
      expect(urls).toHaveLength(2);
      const poster = await opened(urls.find((url) => url.endsWith('poster.svg')) ?? '');
      expect(poster.text).toContain('Rain &amp; &lt;wind&gt;');
      const endless = await place(system, { brief: 'rain '.repeat(200) });
      await endless.buyer('pay');
      expect((await endless.attention()).reason).toContain('The brief is too long for a poster.');
    });
  });

  test('comfyui bridge submits a workflow once, again only if ComfyUI lost it, and delivers its image', async () => {
    const prompts: string[] = [];
    let asked = 0;
    const comfy = await serve((request, body, response) => {
      const url = request.url ?? '';
      if (url === '/prompt') {
        prompts.push(body);
        return json(response, { prompt_id: `p-${prompts.length}` });
      }
      // The first workflow is in the queue once, and is lost after that.
      if (url === '/queue') {
        const running = asked < 2 ? 'p-1' : 'p-2';
        return json(response, { queue_running: [[0, running]], queue_pending: [] });
      }
      if (url.startsWith('/view')) return response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
      asked += 1;
      const image = { filename: 'order_00001_.png', subfolder: '', type: 'output' };
      return json(
        response,
        asked < 6 ? {} : { 'p-2': { status: {}, outputs: { '9': { images: [image] } } } },
      );
    });
    const BRIDGE_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const port = await freePort();
    const bridge = `http://127.0.0.1:${port}`;
    const group = new ProcessGroup();
    await group
      .add(
        startProcess({
          name: 'bridge',
          command: process.execPath,
          args: ['comfyui-bridge/bridge.ts'],
          cwd: path.join(ROOT, 'examples'),
          env: { ...cleanEnvironment(), BRIDGE_SECRET, COMFYUI_URL: comfy, BRIDGE_PORT: String(port) },
          readyUrl: `${bridge}/healthz`,
        }),
      )
      .ready();
    try {
      expect((await fetch(`${bridge}/make`, { method: 'POST', body: '{}' })).status).toBe(401);
      const env = { BRIDGE_URL: bridge, BRIDGE_SECRET, BRIDGE_ASK_SECONDS: '0.05' };
      await withExample('comfyui-bridge', env, async (system) => {
        const trade = await place(system, { brief: 'A lighthouse at night' });
        await trade.buyer('pay');
        const [file] = (await trade.status('delivered')).deliverables;
        expect((await opened(file?.deliverable_url ?? '')).type).toBe('image/png');
        for (const [workflow, lost] of [
          ['p-1', 0],
          ['p-2', 1],
        ] as const) {
          const json = JSON.stringify({ jobUrl: `${bridge}/jobs/${workflow}`, lost, told: false });
          await trade.fact('remembered', (fact) => fact.json === json);
        }
      });
      expect(prompts).toHaveLength(2);
      expect(prompts[1]).toContain('A lighthouse at night');
    } finally {
      await group.stop();
    }
  });

  test('two agents answer their own orders, each under its own key', async () => {
    const env = { ATELIER_API_KEY: undefined, COPYWRITER_KEY: SECOND.apiKey };
    await withExample('two-agents', env, async (system) => {
      for (const [agent, category, type] of [
        ['studio', 'brand_content', 'image/svg+xml'],
        ['second', 'brand_content', 'text/markdown'],
      ] as const) {
        const trade = await place(system, { agent, category });
        await trade.buyer('pay');
        const [file] = (await trade.status('delivered')).deliverables;
        expect((await opened(file?.deliverable_url ?? '')).type).toContain(type);
        const [delivery] = await trade.effects('orders.deliver');
        expect(delivery?.agent_id).toBe(system.agentIds[agent]);
      }
    });
  });
});
