import type { FastifyReply } from 'fastify';
import type { AdminOptions } from '../options.ts';
import type { Section } from '../shell/shell.ts';
import { shellState } from '../shell/shell-state.ts';
import { frameOf } from './frame.ts';
import type { Html } from './html.ts';
import { page } from './layout.ts';

interface PageParts {
  title: string;
  section: Section;
  content: Html;
  /** The text in the search box. */
  search?: string;
  /** False if the page does not follow what happens. */
  isLive?: boolean;
  /** Left out: 200. */
  status?: 200 | 400 | 503;
}

/** Sends a page of the operator, with the navigation and its numbers around the content. */
export async function sendPage(
  options: AdminOptions,
  reply: FastifyReply,
  { title, section, content, search, isLive = true, status = 200 }: PageParts,
): Promise<FastifyReply> {
  const state = await shellState(options);
  const frame = frameOf(options, reply, { title, section, state, ...(search !== undefined && { search }) });
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(page({ ...frame, isLive }, content));
}
