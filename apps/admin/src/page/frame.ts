import type { FastifyReply } from 'fastify';
import type { AdminOptions } from '../options.ts';
import type { Section } from '../shell/shell.ts';
import type { ShellState } from '../shell/shell-state.ts';
import type { Frame } from './layout.ts';

interface FrameParts {
  title: string;
  /** The page shows nothing that needs a login. Left out: whether nobody is logged in. */
  isGuest?: boolean;
  section?: Section;
  state?: ShellState;
  /** The text in the search box. */
  search?: string;
}

/** The frame around a page's content. A guest sees nothing that needs a login. */
export function frameOf(
  { accounts, isReadOnly }: AdminOptions,
  { request }: FastifyReply,
  { title, isGuest = false, section, state, search = '' }: FrameParts,
): Frame {
  const account = isGuest ? null : request.account;
  const { hasLogin } = accounts;
  return {
    title,
    shell:
      account === null ? null : { account, hasLogin, section: section ?? null, state: state ?? null, search },
    hasLogin,
    isReadOnly: account !== null && isReadOnly,
  };
}
