import { collect, createCommand } from '@fulfillment/processes';

/** Runs a handler without a marketplace, so that its author sees the output. */
export function createSubcommand() {
  return createCommand('try')
    .summary('run a handler once, without marketplace and Redis')
    .description(
      `Runs a handler of the configuration file once, without marketplace, Redis and queues: validate and quote if the handler has them, then generate. Prints the answers, the deliverables, the usage and the duration, also when the handler fails. If the handler calls a paid model, the run costs money. It reads .env.`,
    )
    .option('--handler <name>', 'the handler (required if there are several)')
    .option('--brief <text>', 'the brief of the order (required)')
    .option('--image <file|url>', 'a reference image, as a file or a URL (repeatable)', collect)
    .option('--url <url>', 'a reference URL (repeatable)', collect)
    .option('--answer <a=b>', 'an answer to a requirement field of the service (repeatable)', collect)
    .option('--feedback <text>', 'the changes that the buyer wants (runs a revision)')
    .option('--earlier <file|url>', 'an earlier deliverable, for the revision to read (repeatable)', collect)
    .option('--config <file>', 'the configuration file (FULFILLMENT_CONFIG, or fulfillment.config.ts)')
    .option('--out <folder>', 'the folder for the output', 'handler-try')
    .addHelpText(
      'after',
      `
Exit codes:
  0    every output could be delivered
  1    the handler failed, exceeded its time limit, or returned an output that cannot be delivered
  2    wrong options or configuration file
  130  interrupted with Ctrl-C`,
    )
    .action(async (options) => {
      const { runTry } = await import('../try/run-try.ts');
      await runTry(options);
    });
}
