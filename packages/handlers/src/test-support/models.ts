import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { EarlierRound } from '../types.ts';
import { type Answering, json, openServer } from './http-server.ts';

export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const USAGE = { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 };

/** A provider like OpenAI on loopback, with a language model and an image model. */
export async function openProvider() {
  const server = await openServer();
  const provider = createOpenAICompatible({
    name: 'local',
    baseURL: `${server.url}/v1`,
    apiKey: 'sk-of-the-model',
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  /** The content of the last request. */
  const lastRequest = () => {
    const seen = server.seen.at(-1);
    if (!seen) throw new Error('nothing was asked');
    return {
      ...seen,
      json: JSON.parse(seen.body) as {
        messages: { role: string; content: string }[];
        [field: string]: unknown;
      },
    };
  };
  return { server, model: provider('writer-1'), painter: provider.imageModel('painter-1'), lastRequest };
}

/**
 * A chat completion as a stream of these texts, followed by an error if one is given. With null the
 * stream breaks off, and with `'never'` it stays open.
 */
export function streams(
  texts: string[],
  finish: string | null = 'stop',
  { error, usage = USAGE }: { error?: object; usage?: object } = {},
): Answering {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const say = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    const send = (choice: object, usage?: object) =>
      say({
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'writer-1',
        choices: [choice],
        ...(usage && { usage }),
      });
    for (const content of texts)
      send({ index: 0, delta: { role: 'assistant', content }, finish_reason: null });
    if (error) say({ error });
    if (finish === 'never') return;
    if (finish === null) {
      // An event-stream comment. Once it is sent, everything before it is sent, too.
      response.write(':\n\n', () => response.socket?.end());
      return;
    }
    send({ index: 0, delta: {}, finish_reason: finish }, usage);
    response.end('data: [DONE]\n\n');
  };
}

/** A chat completion in one piece. */
export function says(content: string, finish = 'stop', message: object = {}): Answering {
  return json(200, {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'writer-1',
    choices: [{ index: 0, message: { role: 'assistant', content, ...message }, finish_reason: finish }],
    usage: USAGE,
  });
}

/** Images: `count` of them, or as many as the request asks for. */
export function draws(count?: number): Answering {
  return (response, request) => {
    const n = count ?? Number((JSON.parse(request.body) as { n: number }).n);
    json(200, { created: 1, data: Array.from({ length: n }, () => ({ b64_json: PNG })) })(response, request);
  };
}

/** A provider that cannot answer now, and asks for a moment only. */
export function isBusy(headers: Record<string, string> = { 'retry-after-ms': '1' }): Answering {
  return json(429, { error: { message: 'Slow down, sk-proj-abcdefgh.' } }, headers);
}

/** Answers one request after the other. The last answer serves all later requests. */
export function inTurn(...answers: [Answering, ...Answering[]]): Answering {
  return (response, request) => (answers.length > 1 ? answers.shift() : answers[0])?.(response, request);
}

export function deliveredBefore(mediaType: 'text' | 'code' | 'image', blob: Blob): EarlierRound {
  return {
    round: 0,
    deliverables: [{ url: 'https://files.example.com/1', mediaType, read: async () => blob }],
  };
}
