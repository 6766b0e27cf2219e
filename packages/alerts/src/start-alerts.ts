import { setTimeout as delay } from 'node:timers/promises';
import { ChangeFeed, describeError, type Runtime } from '@fulfillment/platform';
import type { Config } from '@fulfillment/runner';
import { isOrderKind } from '@fulfillment/shared';
import { orderConditions } from './conditions/order-conditions.ts';
import { channelCondition, systemConditions } from './conditions/system-conditions.ts';
import { readSystemState } from './conditions/system-state.ts';
import { type Context, evaluate } from './evaluate/evaluate.ts';
import { callHeartbeat } from './send/heartbeat.ts';
import { LinkSigner } from './send/links.ts';
import { failingChannels, OutboxSender } from './send/send-outbox.ts';
import { AlertStore } from './store/alert-store.ts';

/**
 * How often the alerts are evaluated, whatever the number of processes: a sixth of the group wait,
 * within these limits. In ms.
 */
const SHORTEST_TURN_MS = 1000;
const LONGEST_TURN_MS = 10_000;
/** How often each process asks for the turn, and sends messages, at least. In ms. */
const LOOK_MS = 3000;
/** An agent without a poll and without a webhook for so long is silent, in ms. */
const SILENT_AFTER_MS = 2 * 3_600_000;
/** So many orders in attention are read. */
const MOST_ORDERS = 2000;

/** A heartbeat that was not accepted is repeated after this time, in ms. */
const HEARTBEAT_AGAIN_MS = 30_000;

type AlertsConfig = NonNullable<Config['alerts']>;

/**
 * Evaluates the alerts and sends their messages, until the process stops. Any number of processes
 * may do so: one of them evaluates in each turn, and each message has one sender at a time.
 */
export function startAlerts(runtime: Runtime, { alerts, agents }: Pick<Config, 'alerts' | 'agents'>): void {
  if (alerts === null || alerts.channels.length === 0) return;
  const run = new AlertRun(runtime, alerts, agents);
  const { log, stopping } = runtime;
  const loop = async () => {
    while (!stopping.aborted) {
      await run.once().catch((error: unknown) => {
        if (!stopping.aborted) log.warn({ reason: describeError(error) }, 'alerts cannot be evaluated now');
      });
      await delay(Math.min(LOOK_MS, run.turnMs), undefined, { signal: stopping, ref: false }).catch(
        () => undefined,
      );
    }
  };
  void loop();
}

/** The evaluation of alerts in one process. */
export class AlertRun {
  readonly #runtime: Runtime;
  readonly #config: AlertsConfig;
  readonly #store: AlertStore;
  readonly #feed: ChangeFeed;
  /** How often the alerts are evaluated, in ms. */
  readonly turnMs: number;
  readonly #sender: OutboxSender;

  constructor(runtime: Runtime, config: AlertsConfig, agents: readonly { apiKey: string }[]) {
    this.#runtime = runtime;
    this.#config = config;
    this.#store = new AlertStore(runtime.redis, runtime.keys);
    this.#feed = new ChangeFeed(runtime.redis, runtime.keys);
    const part = (config.groupSeconds * 1000) / 6;
    this.#sender = new OutboxSender({
      store: this.#store,
      routes: config.channels,
      links: new LinkSigner(agents),
      adminUrl: runtime.settings.ADMIN_URL,
      log: runtime.log,
      stopping: runtime.stopping,
    });
    this.turnMs = Math.min(LONGEST_TURN_MS, Math.max(SHORTEST_TURN_MS, part));
  }

  /** Evaluates if it is this process' turn, and sends what is due. */
  async once(): Promise<void> {
    if (await this.#store.takeTurn('evaluate', this.turnMs)) await this.evaluate();
    // A slow channel must hold up neither the next evaluation nor another channel.
    void this.send();
  }

  /** Compares what is wrong now with the open alerts, and stores the result. */
  async evaluate(): Promise<void> {
    const { store, registry, log, stopping } = this.#runtime;
    const { groupSeconds, repeatHours, channels, heartbeat } = this.#config;
    const [before, waiting, state, agentNames, mutes, outbox] = await Promise.all([
      this.#store.read(),
      store.index.list('attention', 0, MOST_ORDERS),
      readSystemState({ ...this.#runtime, feed: this.#feed }),
      registry.names(),
      this.#store.mutes(),
      this.#store.outbox(),
    ]);
    const failing = failingChannels(outbox, state.now);
    const conditions = [
      ...orderConditions(waiting, state.now, state.tries),
      ...systemConditions(state, SILENT_AFTER_MS),
      ...failing.map(channelCondition),
    ];
    const isMuted: Context['isMuted'] = ({ kind, agentId, handler }) =>
      mutes.some(({ part, id }) => id === { kind, agent: agentId, handler }[part]);
    const context: Context = {
      now: state.now,
      routes: channels,
      groupMs: groupSeconds * 1000,
      repeatMs: repeatHours * 3_600_000,
      agentNames,
      isMuted,
    };
    const { alerts, messages } = evaluate(before.alerts, conditions, context);
    const isSaved = await this.#store.save(before.text, { alerts, messages }, state.now);
    if (!isSaved || heartbeat === undefined) return;
    const isWell = alerts.every(({ severity, kind }) => severity !== 'critical' || isOrderKind(kind));
    // If no channel takes messages, only the missing heartbeat tells anybody.
    const isHeard = failing.length < channels.length;
    if (!isWell || !isHeard || !(await this.#store.takeTurn('heartbeat', HEARTBEAT_AGAIN_MS))) return;
    if (await callHeartbeat(heartbeat.url, log, stopping))
      await this.#store.keepTurn('heartbeat', heartbeat.everyMinutes * 60_000);
  }

  /** Sends the messages that are due. */
  async send(): Promise<void> {
    const { log, stopping } = this.#runtime;
    try {
      await this.#sender.send();
    } catch (error) {
      if (!stopping.aborted) log.warn({ reason: describeError(error) }, 'alerts cannot be sent now');
    }
  }
}
