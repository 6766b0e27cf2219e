import type { ExampleOrder } from './example-order.ts';

/** How often the buyer asked for a revision. */
export function revisionsOf({ plot }: ExampleOrder): number {
  return ['paid_out_after_revision', 'revising', 'revision_unclear'].includes(plot) ? 1 : 0;
}

/** The address of the deliverable of a round. */
export function deliverableUrl({ id, service }: ExampleOrder, round: number): string {
  return `https://files.example.com/${id}/${round}/${service.handler}.${EXTENSIONS[service.mediaType]}`;
}

const EXTENSIONS = { image: 'png', video: 'mp4', link: 'html', document: 'pdf', text: 'md' } as const;
