import { ConfigurationError } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';

/** Where an HTTP server listens, and which setting says so. */
export interface Listening {
  port: number;
  host: string;
  /** The setting of the port, such as `ADMIN_PORT`. */
  portSetting: string;
}

/**
 * Starts an HTTP server.
 * @returns its address.
 * @throws ConfigurationError when the port or the host cannot be used: another start would fail
 * likewise.
 */
export async function listenOn(server: FastifyInstance, listening: Listening): Promise<string> {
  const { port, host } = listening;
  try {
    return await server.listen({ port, host });
  } catch (error) {
    const advice = adviceOn(codeOf(error), listening);
    throw advice === null ? error : new ConfigurationError(advice, { cause: error });
  }
}

function adviceOn(code: string | null, { port, host, portSetting }: Listening): string | null {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use. Stop the program that uses it, or set ${portSetting} to another port.`;
    case 'EACCES':
      return `This user may not listen on port ${port} of ${host}. Set ${portSetting} to a port above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine. Set HOST to one, such as 127.0.0.1 or 0.0.0.0.`;
    default:
      return null;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
