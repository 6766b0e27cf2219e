/**
 * A service between the handler and ComfyUI. It takes signed jobs, submits them as workflows, and
 * reports their status:
 *
 *   POST /make        takes the job, and answers 202 with the URL of the submitted workflow
 *   GET  /jobs/<id>   answers 202 while the workflow runs, and the image when it is done.
 *                     Answers 404 when ComfyUI no longer knows the workflow
 *
 * Run it beside ComfyUI: BRIDGE_SECRET=whsec_… pnpm exec node examples/comfyui-bridge/bridge.ts
 */
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { type Job, Submissions } from './submissions.ts';
import { workflowOf } from './workflow.ts';

const { BRIDGE_SECRET, COMFYUI_URL = 'http://127.0.0.1:8188', BRIDGE_PORT = '8189' } = process.env;
if (!BRIDGE_SECRET) throw new Error('Set BRIDGE_SECRET to the secret of the handler: whsec_ and base64.');
const webhook = new Webhook(BRIDGE_SECRET);
const submissions = new Submissions(submit);

interface Image {
  filename: string;
  subfolder: string;
  type: string;
}
interface History {
  status?: { status_str?: string };
  outputs?: Record<string, { images?: Image[] }>;
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end('ComfyUI cannot be reached or does not answer as expected');
  });
}).listen(Number(BRIDGE_PORT), '127.0.0.1', () =>
  console.log(`bridge to ${COMFYUI_URL} on port ${BRIDGE_PORT}`),
);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/healthz') return void response.writeHead(200).end('ok');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  if (!isSigned(request, body))
    return void response.writeHead(401).end('the signature does not match BRIDGE_SECRET');
  if (request.method === 'POST' && request.url === '/make') {
    const id = await submissions.submitOnce(String(request.headers['webhook-id']), JSON.parse(body) as Job);
    return void json(response, 202, { url: `/jobs/${id}`, progress: 'submitted' });
  }
  const id = /^\/jobs\/([\w-]+)$/.exec(request.url ?? '')?.[1];
  if (request.method !== 'GET' || id === undefined) return void response.writeHead(404).end();
  await tell(response, id);
}

/**
 * Whether the request comes from the handler. Requests for a job's status are signed, too, over an
 * empty body.
 */
function isSigned(request: IncomingMessage, body: string): boolean {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

async function submit({ order, feedback, note }: Job): Promise<string> {
  const text = [order.brief, feedback, note].filter((part) => part !== null).join('\n');
  const accepted = await comfy('/prompt', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: workflowOf(text, randomInt(2 ** 32)) }),
  });
  return ((await accepted.json()) as { prompt_id: string }).prompt_id;
}

async function tell(response: ServerResponse, id: string): Promise<void> {
  const history = ((await (await comfy(`/history/${id}`)).json()) as Record<string, History>)[id];
  if (history === undefined) {
    const queue = await (await comfy('/queue')).text();
    if (queue.includes(id)) return void json(response, 202, { progress: 'drawing' });
    // Forget the lost workflow, so that a repeated job is submitted again.
    submissions.forget(id);
    return void response.writeHead(404).end();
  }
  if (history.status?.status_str === 'error')
    return void response.writeHead(422).end('ComfyUI failed the workflow');
  const image = Object.values(history.outputs ?? {}).flatMap(({ images = [] }) => images)[0];
  if (image === undefined) return void json(response, 202, { progress: 'finishing' });
  const file = await comfy(`/view?${new URLSearchParams({ ...image })}`);
  response.writeHead(200, {
    'content-type': file.headers.get('content-type') ?? 'image/png',
    'content-disposition': 'attachment; filename="image.png"',
  });
  response.end(Buffer.from(await file.arrayBuffer()));
}

async function comfy(path: string, init: RequestInit = {}): Promise<Response> {
  const answered = await fetch(`${COMFYUI_URL}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
  if (!answered.ok) throw new Error(`ComfyUI answered ${path} with ${answered.status}`);
  return answered;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
