/** Identifies an order and its agent: the key of a record, and part of every job's payload. */
export interface OrderRef {
  agentId: string;
  orderId: string;
}

/** Identifies an agent's claim to a bounty, before an order exists. */
interface BountyClaimRef {
  agentId: string;
  bountyId: string;
}

/**
 * What a record is about. Facts, leases, writes that must happen once, and attention work in the
 * same way for every kind of subject.
 */
export type SubjectRef = OrderRef | BountyClaimRef;

/** The kinds of subjects. Each kind has its own lists. */
export type SubjectKind = 'order' | 'bounty_claim';

export function subjectKind(subject: SubjectRef): SubjectKind {
  return 'orderId' in subject ? 'order' : 'bounty_claim';
}

/** The marketplace's id of a subject. */
export function subjectId(subject: SubjectRef): string {
  return 'orderId' in subject ? subject.orderId : subject.bountyId;
}

/**
 * Names a subject among the subjects of all kinds and agents: `agt_1/ord_1`,
 * `agt_1/bounty_claim/bnt_1`. Ids contain no `/`. Keys in Redis contain these names: never change
 * them.
 */
export function subjectName(subject: SubjectRef): string {
  const kind = subjectKind(subject);
  return [subject.agentId, ...(kind === 'order' ? [] : [kind]), subjectId(subject)].join('/');
}

/**
 * The subject of a name.
 * @returns null for a name that another version wrote, or that is damaged.
 */
export function parseSubjectName(name: string): SubjectRef | null {
  const parts = name.split('/');
  if (parts.includes('')) return null;
  const [agentId = '', kindOrId = '', id] = parts;
  if (parts.length === 2) return { agentId, orderId: kindOrId };
  if (parts.length === 3 && id !== undefined && kindOrId === 'bounty_claim') return { agentId, bountyId: id };
  return null;
}
