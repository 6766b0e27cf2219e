import {
  AtelierClient,
  AuthenticationError,
  ForbiddenError,
  type OwnAgent,
  type Service,
} from '@atelier-ai/sdk';
import { agentWarnings, type BaseSettings, describeError } from '@fulfillment/platform';
import type { Config } from '@fulfillment/runner';
import { WEBHOOK_PATH } from '@fulfillment/shared';
import { clockFinding } from './clock.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import type { Sold } from './services.ts';

const ANSWER_WITHIN_MS = 10_000;
/** A `Date` header has whole seconds. */
const SECOND_MS = 1000;

/**
 * Checks an agent's identity on the marketplace, its webhook address, and its services. `sold` is
 * null if the doctor could not read the services.
 */
export async function checkAgent(
  settings: BaseSettings,
  agent: Config['agents'][number],
): Promise<{ findings: Finding[]; sold: Sold[] | null }> {
  const about = `agent "${agent.name}"`;
  const clocks: Finding[] = [];
  const client = new AtelierClient({
    apiKey: agent.apiKey,
    baseUrl: settings.ATELIER_BASE_URL,
    timeout: ANSWER_WITHIN_MS,
    fetch: async (url, init) => {
      const begun = Date.now();
      const response = await fetch(url, init);
      const said = Date.parse(response.headers.get('date') ?? '');
      if (clocks.length === 0 && !Number.isNaN(said)) {
        clocks.push(
          clockFinding('the marketplace', {
            theirs: said,
            begun,
            ended: Date.now(),
            graininess: SECOND_MS,
          }),
        );
      }
      return response;
    },
  });
  let me: OwnAgent;
  try {
    me = await client.agents.me();
  } catch (error) {
    return { findings: [refusal(about, settings, error), ...clocks], sold: null };
  }
  const findings = [
    idFinding(about, agent.id, me.id),
    webhookFinding(about, settings.PUBLIC_URL, { configured: agent.webhookSecret, me }),
  ];
  try {
    const services = await client.services.listForAgent(me.id);
    findings.push(...warningsOf(about, me, services));
    const sold = services.map((service) => ({ agentId: me.id, agent: agent.name, service }));
    return { findings: [...findings, ...clocks], sold };
  } catch (error) {
    const text = `its services cannot be read: ${describeError(error)}`;
    findings.push(...warningsOf(about, me, null));
    return { findings: [...findings, problem(about, text, 'Try again in a while'), ...clocks], sold: null };
  }
}

/** Warns of conditions that prevent buyers from hiring the agent, or block its payouts. */
function warningsOf(about: string, me: OwnAgent, services: Service[] | null): Finding[] {
  return agentWarnings(me, services).map(({ text, advice }) => warning(about, text, advice));
}

function refusal(about: string, { ATELIER_BASE_URL }: BaseSettings, error: unknown): Finding {
  return error instanceof AuthenticationError || error instanceof ForbiddenError
    ? problem(
        about,
        `the marketplace at ${ATELIER_BASE_URL} refuses its key`,
        'Check ATELIER_API_KEY, or the variable that the configuration file reads it from',
      )
    : problem(
        about,
        `the marketplace at ${ATELIER_BASE_URL} does not tell who it is: ${describeError(error)}`,
        'Check ATELIER_BASE_URL and the network, or try again in a while',
      );
}

function idFinding(about: string, configured: string | undefined, id: string): Finding {
  return configured === undefined || configured === id
    ? ok(about, `is ${id}, and its key is good`)
    : problem(
        about,
        `is configured as ${configured}, and its key belongs to ${id}`,
        'Correct id in the configuration file, or leave it out',
      );
}

function webhookFinding(
  about: string,
  publicUrl: string | undefined,
  { configured, me }: { configured: string | null | undefined; me: OwnAgent },
): Finding {
  if (publicUrl === undefined) {
    return warning(
      about,
      'orders are found by polling alone, since PUBLIC_URL is not set',
      'Set PUBLIC_URL to where the ingestor is reached from outside, to hear of orders at once',
    );
  }
  const endpoint = `${publicUrl}${WEBHOOK_PATH}`;
  if (me.endpoint_url !== endpoint) {
    return warning(
      about,
      `its webhooks go to ${me.endpoint_url ?? 'nowhere'}`,
      `Start the ingestor: it registers ${endpoint}`,
    );
  }
  if (!configured && !me.webhook_secret) {
    return problem(
      about,
      'its webhooks cannot be verified: there is no secret',
      'Set ATELIER_WEBHOOK_SECRET, or webhookSecret in the configuration file',
    );
  }
  if (configured && me.webhook_secret && configured !== me.webhook_secret) {
    return problem(
      about,
      'its webhooks would be refused: the secret that is configured is not the one of the marketplace',
      'Correct ATELIER_WEBHOOK_SECRET, or webhookSecret in the configuration file. Without it, the ingestor reads it from Atelier',
    );
  }
  return ok(about, 'webhooks come to the ingestor');
}
