/** Runs a handler that blocks without end, until this process is killed. */
import { openRunner, orderOf } from './calls.ts';

const { generate } = await openRunner();
await generate('blocks without end', {
  input: { order: orderOf('blocks without end', [process.argv[2] ?? '']) },
});
