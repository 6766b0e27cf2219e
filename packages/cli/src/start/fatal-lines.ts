/** pino's level of an error that ends the process. */
const FATAL = 60;

/** Keeps the errors that ended apps, so that they can be repeated below the apps' other lines. */
export class FatalLines {
  readonly #byApp = new Map<string, string>();

  /** A receiver of an app's lines. It keeps the last fatal line, and passes all lines on. */
  before(app: string, onLine: (line: string) => void): (line: string) => void {
    return (line) => {
      const text = fatalText(line);
      if (text !== null) this.#byApp.set(app, text);
      onLine(line);
    };
  }

  /**
   * One line for each app with such an error, with the app's name. Apps with the same error share a
   * line.
   */
  lines(): string[] {
    const texts = [...new Set(this.#byApp.values())];
    return texts.map((text) => {
      const apps = [...this.#byApp].filter(([, told]) => told === text).map(([app]) => app);
      return `${apps.join(', ')}: ${text}`;
    });
  }
}

function fatalText(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const { level, msg } = JSON.parse(line);
    return level === FATAL && typeof msg === 'string' ? msg : null;
  } catch {
    return null;
  }
}
