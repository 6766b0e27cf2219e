import { Budget, type CallClass, type Owed } from '../budget/budget.ts';
import type { Scratch } from './scratch.ts';

export const NONE: Owed = { waiting: 0, generating: 0 };

/** @returns a factory of budgets, each with its own address and its own clock. */
export function budgets({ redis, keys }: Scratch) {
  let egress = 0;
  return (windowSeconds = 3600) => {
    egress += 1;

    let now = Date.now();
    const limits = { windowSeconds, deliveries: 30 };
    const budget = new Budget(redis, keys, { egressId: `egress-${egress}`, limits, clock: () => now });
    return {
      budget,
      now: () => now,
      /** Makes calls that never yield. */
      use: async (calls: number, callClass: CallClass = 'poll') => {
        for (let i = 0; i < calls; i += 1) {
          const { admitted } = await budget.admit(callClass, NONE, { isOverdue: true });
          if (!admitted) throw new Error('it was held back');
        }
      },
      isAdmitted: async (callClass: CallClass, waiting = 0, generating = 0) =>
        (await budget.admit(callClass, { waiting, generating })).admitted,
      /** For how long a call must wait, in ms. */
      waitOf: async (callClass: CallClass, waiting = 0) => {
        const admission = await budget.admit(callClass, { waiting, generating: 0 });
        if (admission.admitted) throw new Error('it was admitted');
        return admission.retryAt - now;
      },
      pass: (ms: number) => {
        now += ms;
      },
    };
  };
}
