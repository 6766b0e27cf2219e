import { describe, expect, it } from 'vitest';
import { neverLeft, systemCode } from './connection.ts';

function failure(properties: object, cause?: unknown): Error {
  return Object.assign(new Error('failed', { cause }), properties);
}

const refused = failure({ code: 'ECONNREFUSED', syscall: 'connect' });
const unreachable = failure({ code: 'EHOSTUNREACH', syscall: 'connect' });
const reset = failure({ code: 'ECONNRESET', syscall: 'read' });

describe('a failed fetch certainly never sent its request', () => {
  it.each([
    ['the port is closed', refused],
    ['the host cannot be reached', unreachable],
    ['the name has no address', failure({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['the certificate is bad', failure({ code: 'CERT_HAS_EXPIRED' })],
    ['the certificate is not valid yet', failure({ code: 'CERT_NOT_YET_VALID' })],
    ['the other side speaks no TLS', failure({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' })],
    ['every address of the name failed', new AggregateError([refused, unreachable])],
  ])('when %s', (_, cause) => expect(neverLeft(failure({}, cause))).toBe(true));

  it.each([
    ['the connection broke', reset],
    ['the other side hung up', failure({ code: 'UND_ERR_SOCKET' })],
    ['one of several addresses was reached', new AggregateError([refused, reset])],
    ['nobody says why', 'oops'],
  ])('but not when %s', (_, cause) => expect(neverLeft(failure({}, cause))).toBe(false));

  it('even if its causes form a circle', () => {
    const circle = failure({});
    circle.cause = failure({}, circle);
    expect(neverLeft(circle)).toBe(false);
    expect(systemCode(circle)).toBeUndefined();
  });
});
