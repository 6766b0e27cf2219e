/**
 * A pipeline in another language. A Python program reads the job, and the files that it writes into
 * its folder are delivered.
 */
import path from 'node:path';
import { command, defineConfig, defineHandler, fixedQuote } from '@fulfillment/handlers';

const poster = defineHandler({
  name: 'poster',
  match: 'default',
  quote: fixedQuote('25'),
  generate: command({
    run: [process.env.PYTHON_PATH ?? 'python3', path.join(import.meta.dirname, 'make.py')],
  }),
  timeLimitSeconds: 300,
});

export default defineConfig({ handlers: [poster] });
