import { type AlertChannel, SEVERITIES } from '@fulfillment/handlers';
import { ALERT_KIND_NAMES, nearest, suggestion } from '@fulfillment/shared';
import { z } from 'zod';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const time = z.string().regex(TIME, 'must be a time such as 22:00');
const timeZone = z.string().refine(isTimeZone, 'is not a time zone such as Europe/Berlin');
const names = z.array(z.string().min(1)).readonly().optional();
const kind = z.enum(ALERT_KIND_NAMES, {
  error: ({ input }) => {
    const meant = nearest(String(input), ALERT_KIND_NAMES);
    const hint = meant === null ? '' : ` Did you mean "${meant}"?`;
    return `there is no kind of alert "${input}".${hint} See docs/operator/alerts.md`;
  },
});
const CHANNELS = 'must be slack(…), discord(…), telegram(…), ntfy(…), email(…) or webhook(…)';
const channel = z.custom<AlertChannel>((value) => isChannel(value) && value.problem === undefined, {
  error: ({ input }) => (isChannel(input) && input.problem) || CHANNELS,
});
const routeSchema = z.strictObject({
  name: z.string().regex(/^[\w .-]{1,40}$/, 'must be 1 to 40 letters, digits, spaces, dots or dashes'),
  channel,
  severity: z.enum(SEVERITIES).default('warning'),
  agents: names,
  handlers: names,
  kinds: z.array(kind).readonly().optional(),
  quietHours: z.strictObject({ from: time, to: time, timeZone }).optional(),
  escalate: z.strictObject({ afterMinutes: z.number().positive(), to: z.string() }).optional(),
  onlyEscalated: z.boolean().default(false),
});

/** The alerts of the configuration. */
export const alertsSchema = z
  .strictObject({
    channels: z.array(routeSchema).readonly(),
    groupSeconds: z.number().min(0).max(600).default(60),
    repeatHours: z.number().positive().max(168).default(4),
    heartbeat: z
      .strictObject({
        url: z
          .string('no address: is its environment variable set?')
          .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'is not an address'),
        everyMinutes: z.number().positive().default(5),
      })
      .optional(),
  })
  .superRefine(({ channels }, context) => {
    const known = channels.map(({ name }) => name);
    for (const [index, { name, escalate }] of channels.entries()) {
      if (known.indexOf(name) !== index)
        context.addIssue({ code: 'custom', path: ['channels', index, 'name'], message: `repeats "${name}"` });
      if (escalate !== undefined && (escalate.to === name || !known.includes(escalate.to)))
        context.addIssue({
          code: 'custom',
          path: ['channels', index, 'escalate', 'to'],
          message: `must name another channel. The channels are ${known.join(', ')}`,
        });
    }
    const reached = reachedFrom(channels);
    for (const [index, { name }] of channels.entries())
      if (!reached.has(name))
        context.addIssue({
          code: 'custom',
          path: ['channels', index, 'onlyEscalated'],
          message: `"${name}" would never get an alert, because no channel that gets alerts escalates to it. Add escalate: { afterMinutes: 15, to: "${name}" } to another channel, or remove onlyEscalated`,
        });
  });

/** The alerts of the configuration, with defaults filled in. */
export type AlertsConfig = z.output<typeof alertsSchema>;

/** The names of the channels that get alerts at once, and of those to which they escalate. */
function reachedFrom(channels: readonly z.output<typeof routeSchema>[]): ReadonlySet<string> {
  const reached = new Set(channels.filter(({ onlyEscalated }) => !onlyEscalated).map(({ name }) => name));
  // The set grows during the loop, because a channel may escalate further.
  for (const name of reached) {
    const target = channels.find((channel) => channel.name === name)?.escalate?.to;
    if (target !== undefined) reached.add(target);
  }
  return reached;
}

/** Names in the rules of channels that nothing has. Such a rule would silence its channel. */
export function unknownNames(
  { channels }: AlertsConfig,
  known: Record<'agents' | 'handlers', readonly string[]>,
): { path: PropertyKey[]; message: string }[] {
  return channels.flatMap((route, index) =>
    (['agents', 'handlers'] as const).flatMap((rule) =>
      (route[rule] ?? []).flatMap((name, place) => {
        if (known[rule].includes(name)) return [];
        const message = `there is no ${rule.slice(0, -1)} "${name}". ${suggestion(name, known[rule])}`;
        return [{ path: ['alerts', 'channels', index, rule, place], message }];
      }),
    ),
  );
}

function isChannel(value: unknown): value is AlertChannel {
  return typeof value === 'object' && value !== null && 'send' in value && typeof value.send === 'function';
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // A RangeError says that there is no such zone.
    return false;
  }
}
