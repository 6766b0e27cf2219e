/**
 * `pnpm prose [folders]`: checks the language of documents, comments and texts. Exits with 1 if a
 * sentence breaks a rule.
 */
import { createCommand, runCommand } from '@fulfillment/processes';
import { runProseCheck } from '../check/prose/prose-check.ts';

await runCommand(
  createCommand('pnpm prose')
    .description('Lists the sentences in documents, comments and texts that break the language rule.')
    .argument('[folders...]', 'only the files below these folders')
    .addHelpText(
      'after',
      `
Exit codes:
  0  no sentence breaks the rule
  1  some sentences break the rule
  2  wrong options`,
    )
    .action((folders) => {
      const { failed, output } = runProseCheck(folders);
      if (output !== '') console.log(output);
      process.exitCode = failed === 0 ? 0 : 1;
    }),
);
