import type { AdminOptions } from '../options.ts';
import type { Section } from '../shell/shell.ts';
import type { ShellState } from '../shell/shell-state.ts';
import type { Frame } from './layout.ts';

interface FrameParts {
  /** Left out: the operator. */
  reader?: 'operator' | 'guest';
  section?: Section;
  state?: ShellState;
  /** The text in the search box. */
  search?: string;
}

/** The frame around a page's content. A guest sees nothing that only the operator needs. */
export function frameOf(
  options: AdminOptions,
  title: string,
  { reader = 'operator', section, state, search = '' }: FrameParts = {},
): Frame {
  const { account, isReadOnly } = options;
  const hasLogin = account.password !== undefined;
  const isOperator = reader === 'operator';
  return {
    title,
    shell: isOperator
      ? { operator: account.user, hasLogin, section: section ?? null, state: state ?? null, search }
      : null,
    hasLogin,
    isReadOnly: isOperator && isReadOnly,
  };
}
