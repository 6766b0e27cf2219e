import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { signedIn } from '../access/rights.ts';
import type { AdminOptions } from '../options.ts';
import { refuse } from '../refusal.ts';
import { listPath, readListQuery } from './list-query.ts';
import { suggest } from './suggest.ts';
import { MOST_VIEWS } from './view-store.ts';

const viewForm = z.object({ name: z.string().trim().min(1).max(60) });
const searchText = z.object({ q: z.string().max(1000).catch('') });

/** Serves the suggestions of the search box, and the forms that save and remove a view. */
export function viewRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { audit, views } = options;

  server.get('/orders/suggest', async (request) =>
    suggest(await options.ledger(), searchText.parse(request.query).q),
  );

  server.post('/orders/views', async (request, reply) => {
    const form = viewForm.safeParse(request.body);
    const path = listPath({ ...readListQuery(request.body), page: 1 });
    if (!form.success) {
      const message = 'A view needs a name of 1 to 60 characters.';
      return refuse(options, reply, { status: 400, message, backTo: path });
    }
    await audit.write({ by: signedIn(request).name, action: 'save_view', subject: form.data.name });
    if (!(await views.save({ name: form.data.name, path }))) {
      const message = `There are ${MOST_VIEWS} saved views already. Remove one first.`;
      return refuse(options, reply, { status: 409, message, backTo: path });
    }
    return reply.redirect(path, 303);
  });

  server.post('/orders/views/remove', async (request, reply) => {
    const form = viewForm.safeParse(request.body);
    if (form.success) {
      await audit.write({ by: signedIn(request).name, action: 'remove_view', subject: form.data.name });
      await views.remove(form.data.name);
    }
    return reply.redirect('/orders', 303);
  });
}
