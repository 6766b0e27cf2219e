/** The roles of the people who use the console, from the lowest rank to the highest. */
export const ROLES = ['viewer', 'operator', 'owner'] as const;

/**
 * A viewer reads everything and changes nothing. An operator also acts on orders. An owner also
 * changes what concerns the whole shop, for example the pause of a queue.
 */
export type Role = (typeof ROLES)[number];

/** A person who uses the console. */
export interface Account {
  /** Unique. Facts and logs name the person by it. */
  name: string;
  role: Role;
}

/** An account with the hash of its password, as the configuration gives it. */
export interface ConfiguredAccount extends Account {
  passwordHash: string;
}

/** Whether a role includes the rights of another role. */
export function hasRightsOf(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
