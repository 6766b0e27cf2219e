import { type Decision, decide, decideAfterFailedRead, type OrderRef, stepKey } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import { applyDecision, recordFacts } from './apply-decision.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { type Observed, observeOrder } from './observe-order.ts';
import { type RefreshedOrder, refreshOrder } from './refresh-order.ts';
import { refreshService } from './refresh-service.ts';
import { refreshThread } from './refresh-thread.ts';

/** A record with what the decision needed to know, and the decision. */
interface Refreshed extends RefreshedOrder {
  decision: Decision;
}

/**
 * Load the record, refresh it, decide, apply. Nothing else in the system starts work. Reconciles
 * may run in any process, any number of times, and at the same time. A reconcile adds no job that
 * exists, and asks for no step that has its fact.
 */
export class Reconciler {
  readonly #dependencies: ReconcileDependencies;

  constructor(dependencies: ReconcileDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * @param known the record, if the caller loaded it a moment ago.
   * @returns the decision that was applied, or null without a record of the order.
   * @throws when Redis or the marketplace cannot be reached. The next poke continues from the state
   * that this one left.
   */
  async reconcile(ref: OrderRef, known: LoadedRecord | null = null): Promise<Decision | null> {
    const { store, log } = this.#dependencies;
    const loaded = known ?? (await store.load(ref));
    if (loaded === null) {
      log.warn({ ...ref }, 'there is no record of this order');
      return null;
    }
    const { record, decision, failure } = await this.#refresh(loaded);
    await applyDecision(this.#dependencies, record, decision);
    if (failure !== null) {
      if (!decision.canStart) throw failure.error;
      const { reason } = classify(failure.error);
      log.warn({ ...ref, reason }, 'the order cannot be read: going on from what the list shows');
    }
    log.debug(
      { ...ref, stage: decision.stage, round: decision.round, steps: decision.steps.map(stepKey) },
      'reconciled',
    );
    return decision;
  }

  /** Reads the order from the marketplace and stores the answer. See `observeOrder`. */
  async observe(before: LoadedRecord, signal?: AbortSignal): Promise<Observed> {
    return observeOrder(this.#dependencies, before, signal);
  }

  /** Reads what the decision needs, one source at a time, and decides again after each. */
  async #refresh(loaded: LoadedRecord): Promise<Refreshed> {
    const { policy } = this.#dependencies;
    let record = loaded;
    let failure: Refreshed['failure'] = null;
    const decideNow = (): Decision =>
      (failure === null ? decide : decideAfterFailedRead)(record, policy, record.loadedAt);
    let decision = decideNow();
    if (decision.readOrder) {
      ({ record, failure } = await refreshOrder(this.#dependencies, record));
      decision = decideNow();
      if (!decision.canStart) return { record, decision, failure };
    }
    if (decision.readService !== null) {
      record = await refreshService(this.#dependencies, record, decision.readService);
      decision = decideNow();
    }
    if (decision.readThread !== null || decision.readMessages) {
      record = await refreshThread(this.#dependencies, record, decision.readThread);
      decision = decideNow();
    }
    if (decision.facts.length > 0) {
      record = await recordFacts(this.#dependencies, record, decision);
      decision = decideNow();
    }
    return { record, decision, failure };
  }
}
