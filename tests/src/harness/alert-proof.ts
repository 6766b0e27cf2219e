import path from 'node:path';
import type { AlertMessage } from '@fulfillment/handlers';
import { startRedis } from '@fulfillment/platform/test-support';
import { waitFor } from '@fulfillment/processes';
import type { AlertKind } from '@fulfillment/shared';
import { type AlertReceiver, startAlertReceiver } from './alert-receiver.ts';
import { ROOT } from './environment.ts';
import { type System, startSystem } from './system.ts';
import { type Purchase, place, type Trade } from './trade.ts';

/** The alert of the agent that sells in these tests. */
const EARNS = 'agent_cannot_earn:studio';
const PATIENCE_MS = 90_000;

/** Begins a condition. Resolves to what ends it. */
export type Provocation = () => Promise<() => Promise<unknown>>;

/** The running system, with channels that a test reads. */
export class AlertProof {
  readonly system: System;
  /** The channel `backup`. It takes only the alerts of long pauses. */
  readonly backup: AlertReceiver;
  /** The channel `team`. It takes all alerts. */
  readonly #team: AlertReceiver;

  constructor(system: System, channels: { team: AlertReceiver; backup: AlertReceiver }) {
    this.system = system;
    this.backup = channels.backup;
    this.#team = channels.team;
  }

  /** The messages of the channel that takes all alerts. */
  get received(): readonly AlertMessage[] {
    return this.#team.messages;
  }

  /** Waits until the selling agent is in order and every app runs. */
  async begin(): Promise<void> {
    const isReported = (state: string) =>
      this.received.some((one) => one.alert === EARNS && one.state === state);
    await this.until('the alert of an agent without a service', () => isReported('opened'));
    // The agent has a service from now on, and is checked when the ingestor starts.
    await place(this.system, {});
    await this.restartIngestor();
    await this.until('the agent to be in order', () => isReported('resolved'));
    // Without a group wait, an app that starts after the ingestor is missing for a moment.
    await this.until('the start to be over', () => this.#lastStates('app_missing').every(isEnd));
  }

  async restartIngestor(): Promise<void> {
    await this.system.stop('ingestor');
    await this.system.start('ingestor');
  }

  /**
   * Begins and ends a condition.
   * @returns the states of each of its alerts, without their growth.
   */
  async statesOf(kind: AlertKind, begin: Provocation): Promise<AlertMessage['state'][][]> {
    const before = this.received.length;
    const own = () => this.received.slice(before).filter((message) => message.kind === kind);
    const finish = await begin();
    await this.until(`the alert ${kind}`, () => own().some(({ state }) => state === 'opened'));
    await finish();
    await this.until(`the end of ${kind}`, () => own().at(-1)?.state === 'resolved');
    return statesByAlert(own());
  }

  /** What came twice or out of order in the whole run: nothing, unless there is a fault. */
  disorder(): string[] {
    return [this.#team, this.backup].flatMap(({ messages }) => {
      const ids = messages.map(({ id }) => id);
      const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
      const mixed = statesByAlert(messages).filter((states) =>
        states.some((state, index) => state !== (index % 2 === 0 ? 'opened' : 'resolved')),
      );
      return [...repeated, ...mixed.map(String)];
    });
  }

  async until(what: string, isTrue: () => boolean): Promise<void> {
    await waitFor(what, isTrue, { timeoutMs: PATIENCE_MS, intervalMs: 100 });
  }

  /** An order that was paid. @param status waits until the marketplace shows it. */
  async paid(purchase: Purchase, status?: string): Promise<Trade> {
    const trade = await place(this.system, purchase);
    await trade.buyer('pay');
    if (status !== undefined) await trade.status(status);
    return trade;
  }

  /** The order ends on the marketplace, and is read. */
  async end(trade: Trade): Promise<void> {
    await trade.buyer('status', { status: 'cancelled' });
    await this.read(trade);
  }

  /** The product reads the order. */
  async read({ ref }: Trade): Promise<void> {
    await this.system.store.hint(ref, []);
    await this.system.queues.poke(ref, 'operator');
  }

  #lastStates(kind: AlertKind): AlertMessage['state'][] {
    const own = this.received.filter((message) => message.kind === kind);
    return [...new Map(own.map(({ alert, state }) => [alert, state])).values()];
  }
}

const isEnd = (state: AlertMessage['state']) => state === 'resolved';

function statesByAlert(messages: readonly AlertMessage[]): AlertMessage['state'][][] {
  const byAlert = Map.groupBy(messages, ({ alert }) => alert);
  return [...byAlert.values()].map((own) =>
    own.map(({ state }) => state).filter((state) => state !== 'grown'),
  );
}

/** @param env added to the apps' environment. @returns the proof, and what ends it. */
export async function startAlertProof(
  env: Record<string, string> = {},
): Promise<{ proof: AlertProof; close: () => Promise<void> }> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const team = await startAlertReceiver();
    cleanups.push(() => team.close());
    const backup = await startAlertReceiver();
    cleanups.push(() => backup.close());
    const redis = await startRedis();
    cleanups.push(async () => redis[Symbol.asyncDispose]());
    const system = await startSystem({
      redisUrl: redis.url,
      env: {
        FULFILLMENT_CONFIG: path.join(ROOT, 'tests/src/alerts.long.config.ts'),
        ALERTS_URL: team.url,
        ALERTS_SECRET: team.secret,
        BACKUP_URL: backup.url,
        HEARTBEAT_URL: `${team.url}/heartbeat`,
        ADMIN_URL: 'https://console.example',
        BUDGET_WINDOW_SECONDS: '2',
        ...env,
      },
    });
    cleanups.push(() => system.close());
    const proof = new AlertProof(system, { team, backup });
    await proof.begin();
    return { proof, close };
  } catch (error) {
    await close();
    throw error;
  }
}
