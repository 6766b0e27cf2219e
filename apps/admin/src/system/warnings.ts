import type { AgentEntry, RedisTrouble } from '@fulfillment/platform';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { pausedBy } from './pause-text.ts';
import type { QueueState, SystemState } from './system-state.ts';

/** What stops work, one line each: Redis without writes, rejected keys, paused queues. */
export function systemWarnings({ redis, agents, queues }: SystemState, now: number): Html {
  return html`${redisWarning(redis, now)}${agents.map(agentWarning)}${queues.map((queue) => pauseWarning(queue, now))}`;
}

/** Redis takes no writes. */
export function redisWarning(redis: RedisTrouble | null, now: number): Html | false {
  return (
    redis !== null &&
    html`<p class="warning bad"><strong>Redis takes no writes, so all work waits.</strong> It began ${distance(redis.since, now)}. ${inline(redis.text)}</p>`
  );
}

/** An agent whose key is rejected, that buyers cannot hire, or that Atelier cannot pay. */
export function agentWarning({ name, state, warnings }: AgentEntry): Html | false {
  if (state === 'key_rejected') {
    return html`<p class="warning bad"><strong>The marketplace rejects the key of agent "${inline(name)}".</strong>
      Its orders wait. <a href="/agents">See the Agents page</a></p>`;
  }
  const [first] = warnings;
  if (first === undefined) return false;
  const more = warnings.length > 1 && html` and ${count(warnings.length - 1, 'more warning')}`;
  return html`<p class="warning"><strong>Agent "${inline(name)}" ${inline(first.text)}</strong>${more}. <a href="/agents">See the Agents page</a></p>`;
}

function pauseWarning({ name, waiting, pause }: QueueState, now: number): Html | false {
  return (
    pause !== null &&
    html`<p class="warning"><strong>Queue ${name} is ${pausedBy(pause, now)}.</strong>
      ${count(waiting, 'job')} ${waiting === 1 ? 'waits' : 'wait'} in it. <a href="/system">Resume it on the System page</a></p>`
  );
}
