import { MESSAGE_KINDS, type MessageKind, STEP_NAMES, type StepName } from '../facts/kinds.ts';
import { ROUND_PATTERN, type Round } from '../record/rounds.ts';

/** A worker's step in any attempt. */
export type WorkerStepId =
  | { name: Exclude<StepName, 'send' | 'read'>; round: Round }
  | { name: 'send'; kind: MessageKind; round: Round };

/** A step in any attempt, the reconcile's own read of the order included. */
export type StepId = WorkerStepId | { name: 'read'; round: Round };

/**
 * Identifies a step in any attempt: `generate:0`, `send.delivered:0`. Stored facts contain these
 * keys: never change them.
 */
export function stepKey(step: StepId): string {
  const name = step.name === 'send' ? `${step.name}.${step.kind}` : step.name;
  return `${name}:${step.round}`;
}

/**
 * The step that a key identifies.
 * @returns null for a key that another version wrote, or that is damaged.
 */
export function parseStepKey(key: string): StepId | null {
  const [, nameText, kindText, round = ''] = /^([a-z_]+)(?:\.([a-z_]+))?:(.+)$/.exec(key) ?? [];
  const name = STEP_NAMES.find((known) => known === nameText);
  if (name === undefined || !ROUND_PATTERN.test(round)) return null;
  if (name !== 'send') return kindText === undefined ? { name, round } : null;
  const kind = MESSAGE_KINDS.find((known) => known === kindText);
  return kind === undefined ? null : { name, round, kind };
}
