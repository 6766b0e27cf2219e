import { acquireProgram } from './system/acquire-program.ts';

/**
 * The flags that a headless Chromium needs as root in a container, and the flags that prevent its
 * background network calls.
 */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium for browser tests. See `acquireProgram`. */
export function acquireChromium({ log }: { log: (line: string) => void }): Promise<string> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return acquireProgram(
    { purpose: 'the browser tests', names, variable: 'CHROMIUM_PATH', package: 'chromium' },
    log,
  );
}
