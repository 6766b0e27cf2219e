import axe, { type AxeResults } from 'axe-core';

/** The methods of a browser's page that this file needs. */
interface ScriptedPage {
  evaluate(script: string): Promise<unknown>;
}

/**
 * The violations that axe-core finds in a page's current state, best practices included.
 * @returns a line for each element: the rule, the element, and what to do.
 */
export async function accessibilityProblems(page: ScriptedPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] })",
  )) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}
