import { type Fact, factKey, factSchema } from '@fulfillment/shared';
import { permanent } from '../telemetry/failures.ts';

/**
 * The arguments of a script that writes facts: pairs of key and JSON.
 * @throws StepError (permanent) for a fact that would not read back: decide would ask for its step
 * without end.
 */
export function factArguments(facts: Fact[]): string[] {
  return facts.flatMap((fact) => {
    const valid = factSchema.safeParse(fact);
    if (valid.success) return [factKey(fact), JSON.stringify(fact)];
    const problem = valid.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw permanent(`The fact "${fact.type}" cannot be written down: ${problem}`, valid.error);
  });
}
