/**
 * Exit status of a process that ends with a `ConfigurationError`: a supervisor does not start the
 * process again.
 */
export const EXIT_CONFIGURATION = 78;

/**
 * A setting or the configuration file is wrong. The text names the setting and the right value.
 * Processes exit with 78.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
