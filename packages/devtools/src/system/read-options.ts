import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the options of a command. A call with an unknown option, or with a missing value, ends the
 * process with one line that says so.
 * @param command as the user types it, such as `pnpm start`.
 * @param status the exit status of such a call.
 */
export function readOptions<const O extends Options>(command: string, options: O, status = 2) {
  // pnpm and npm pass on the -- that some users write before the options.
  const args = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    console.error(`${command}: ${problemOf(error, options)} See ${command} --help`);
    process.exit(status);
  }
}

/**
 * Node's own text for an unknown option continues with positional arguments, which our commands do
 * not take.
 */
function problemOf(error: unknown, options: Options): string {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `${text.split('\n')[0]}.`;
  const [, unknown = ''] = /'(-+[^']*)'/.exec(text) ?? [];
  const known = Object.keys(options).map((name) => `--${name}`);
  return `unknown option ${unknown}. The options: ${known.join(', ')}.`;
}
