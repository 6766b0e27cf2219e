/**
 * `pnpm prose [folders]`: checks the language of documents, comments and texts. Exits with 1 if a
 * sentence breaks a rule.
 */
import { runProseCheck } from '../check/prose/prose-check.ts';

const { failed, output } = runProseCheck(process.argv.slice(2));
if (output !== '') console.log(output);
process.exitCode = failed === 0 ? 0 : 1;
