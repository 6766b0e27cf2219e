import { collect, createCommand } from '../command.ts';

/** Runs a handler without a marketplace, so that its author sees the output. */
export function createSubcommand() {
  return createCommand('try')
    .summary('run a handler once, without marketplace and Redis')
    .description(
      `Runs a handler of the configuration file once, without marketplace, Redis and queues: validate and quote if the handler has them, then generate. Prints the answers, the deliverables, what was used, and the duration, also when the handler fails. A model that the handler calls costs money. Variables of a .env file are set.`,
    )
    .option('--handler <name>', 'which handler; not needed if there is only one')
    .option('--brief <text>', 'what the buyer wants; required')
    .option('--image <file|url>', 'a reference image; a file becomes a data: URL; may be repeated', collect)
    .option('--url <url>', 'a reference URL; may be repeated', collect)
    .option('--answer <a=b>', 'an answer to a requirement field of the service; may be repeated', collect)
    .option('--feedback <text>', 'what the buyer wants changed: runs a revision')
    .option(
      '--earlier <file|url>',
      'an earlier deliverable, for the revision to read; may be repeated',
      collect,
    )
    .option('--config <file>', 'the configuration file (FULFILLMENT_CONFIG, or fulfillment.config.ts)')
    .option('--out <folder>', 'where the output is kept', 'handler-try')
    .addHelpText(
      'after',
      `
Exit codes: 0 everything could be delivered; 1 the handler failed, exceeded its time limit, or returned something that
cannot be delivered; 2 the call or the configuration file is wrong; 130 interrupted with Ctrl-C. If a handler ignores the
abort of its signal, the command ends it two seconds later.`,
    )
    .action(async (options) => {
      const { runTry } = await import('../try/run-try.ts');
      await runTry(options);
    });
}
