/**
 * Node's own crypto, where there is one. Web Crypto, which there is everywhere, hands each call to a thread, and that takes
 * ten times as long as the HMAC itself.
 */
const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto');

/** HMAC-SHA256 in lower-case hex. The key is the text as it is written, and not empty. */
export const hmacSha256 = nodeCrypto ? hmacByNode(nodeCrypto) : hmacByWebCrypto;

type Hmac = (key: string, data: Uint8Array) => Promise<string>;

export function hmacByNode({ createHmac }: Pick<typeof import('node:crypto'), 'createHmac'>): Hmac {
  return async (key, data) => createHmac('sha256', key).update(data).digest('hex');
}

export async function hmacByWebCrypto(key: string, data: Uint8Array): Promise<string> {
  const signature = await crypto.subtle.sign('HMAC', await keyOf(key), Uint8Array.from(data));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The last key: a process verifies with the same few secrets again and again. */
let last: { text: string; key: ReturnType<typeof crypto.subtle.importKey> } | undefined;

function keyOf(text: string): ReturnType<typeof crypto.subtle.importKey> {
  if (last?.text !== text) {
    const bytes = new TextEncoder().encode(text);
    const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    last = { text, key };
  }
  return last.key;
}
