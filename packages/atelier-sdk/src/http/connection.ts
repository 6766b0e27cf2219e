/** Codes of failures before the first byte of the request could leave. */
const NEVER_LEFT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ERR_INVALID_CHAR',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
]);

/** The system calls that find and reach a host. */
const CONNECT_CALLS = new Set(['getaddrinfo', 'connect']);

/** The first system code (`ECONNRESET`, `UND_ERR_SOCKET` …) in an error's chain of causes. */
export function systemCode(error: unknown): string | undefined {
  for (const link of chain(error)) {
    const code: unknown = Reflect.get(link, 'code');
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/** Whether a failed fetch certainly never sent its request. False when in doubt. */
export function neverLeft(error: unknown): boolean {
  return chain(error).some((link) => {
    // One name can have several addresses: each of them must have failed to connect.
    if (link instanceof AggregateError && link.errors.length > 0) return link.errors.every(failedToConnect);
    return failedToConnect(link);
  });
}

function failedToConnect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    NEVER_LEFT_CODES.has(String(Reflect.get(error, 'code'))) ||
    CONNECT_CALLS.has(String(Reflect.get(error, 'syscall')))
  );
}

function chain(error: unknown): Error[] {
  const links: Error[] = [];
  for (let link = error; link instanceof Error && !links.includes(link); link = link.cause) links.push(link);
  return links;
}
