import { createCommand } from '@fulfillment/processes';

/** Checks the channels of the alerts. */
export function createSubcommand() {
  return createCommand('alerts')
    .summary('send a test through each channel of the alerts')
    .description(
      'The channels of the alerts are in the configuration file. The ingestor and the admin send the alerts.',
    )
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES)
    .addCommand(
      createCommand('test')
        .summary('send one test message through each channel')
        .description(
          'Sends one test message through each channel of the configuration, also in its quiet hours. Filters do not apply. The command needs no Redis and no running app.',
        )
        .addHelpText('after', EXIT_CODES)
        .action(async () => {
          const { testChannels } = await import('../alerts/test-channels.ts');
          process.exit(await testChannels());
        }),
    );
}

const EXIT_CODES = `
Exit codes:
  0   every channel took the message
  1   a channel did not take it, or there is none
  2   wrong options
  78  a setting or the configuration file is wrong`;
