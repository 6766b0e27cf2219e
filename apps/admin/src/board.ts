import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { idSchema, type OrderRef } from '@fulfillment/shared';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BOARD_HEADERS } from './access/headers.ts';
import type { AdminOptions } from './options.ts';
import { redacted } from './redacted.ts';

const BOARD_PATH = '/queues';

/** The board's page for a queue. */
export function queuePath(queue: string): string {
  return `${BOARD_PATH}/queue/${queue}`;
}

/** The board's page for a job. */
export function jobPath(queue: string, jobId: string): string {
  return `${queuePath(queue)}/${encodeURIComponent(jobId)}`;
}

/** Our page for an order. */
export function orderPath(ref: OrderRef): string {
  return `/orders/${ref.agentId}/${ref.orderId}`;
}

/**
 * Serves Bull Board for every queue, for reading jobs only: `guard` rejects every change, and the
 * buttons are hidden. Whole answers are redacted. Bull Board's formatters are not enough: they
 * leave out failure reasons, stacks and logs.
 */
export async function boardRoutes(server: FastifyInstance, options: AdminOptions): Promise<void> {
  const serverAdapter = new FastifyAdapter().setBasePath(BOARD_PATH);
  createBullBoard({
    queues: options.queues.all().map(adapterFor),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Queues',
        miscLinks: [
          { text: 'Orders', url: '/' },
          { text: 'System', url: '/system' },
        ],
        hideDocsLink: true,
        environment: { label: 'Read-only', color: '#8a5a00' },
      },
    },
  });
  await server.register(
    async (board) => {
      board.addHook('onRequest', async (_request, reply) => {
        reply.helmet(BOARD_HEADERS);
      });
      board.addHook('onSend', async (_request, reply, payload) =>
        String(reply.getHeader('content-type')).startsWith('application/json') && typeof payload === 'string'
          ? JSON.stringify(redacted(JSON.parse(payload)))
          : payload,
      );
      await board.register(serverAdapter.registerPlugin());
    },
    { prefix: BOARD_PATH },
  );
}

const orderPayload = z.object({ agentId: idSchema, orderId: idSchema });

function adapterFor(queue: Queue): BullMQAdapter {
  const adapter = new BullMQAdapter(queue, {
    readOnlyMode: true,
    externalJobUrl: ({ data }) => {
      const order = orderPayload.safeParse(data);
      return order.success
        ? { displayText: 'Order', href: orderPath(order.data) }
        : { displayText: 'Orders', href: '/' };
    },
  });
  adapter.setFormatter('data', redacted);
  adapter.setFormatter('returnValue', redacted);
  return adapter;
}
