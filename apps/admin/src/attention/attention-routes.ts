import type { FastifyInstance } from 'fastify';
import { mayAs } from '../access/rights.ts';
import type { AdminOptions } from '../options.ts';
import { html } from '../page/html.ts';
import { sendPage } from '../page/send-page.ts';
import { heldWorkWarnings } from '../services/held-work.ts';
import { systemState } from '../system/system-state.ts';
import { systemWarnings } from '../system/warnings.ts';
import { attentionData } from './attention-data.ts';
import { attentionPage } from './attention-page.ts';

/** Serves `/`: what waits for the operator. */
export function attentionRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store } = options;

  server.get('/', async (request, reply) => {
    const now = await store.now();
    const [data, system, held] = await Promise.all([
      attentionData(options, now),
      systemState(options),
      heldWorkWarnings(options, now),
    ]);
    const { waiting } = data.counts;
    const content = html`${systemWarnings(system, now)}${held}${attentionPage({ data, mayAct: mayAs('operator', options, request), now })}`;
    const title = waiting > 0 ? `(${waiting}) Attention` : 'Attention';
    return sendPage(options, reply, { title, section: 'attention', content });
  });
}
