import { canInstall, installPackage } from './system/apt.ts';
import { findProgram } from './system/find-program.ts';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What a headless Chromium in a container, as root, needs, and what keeps it from calling home. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of a Chromium for browser tests: the one of CHROMIUM_PATH, else from the PATH, else, as root on Debian, installed.
 * @throws Error naming the ways to get one.
 */
export async function acquireChromium({ log }: { log: (line: string) => void }): Promise<string> {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  const found = findProgram(PROGRAMS);
  if (found !== null) return found;
  if (canInstall()) {
    await installPackage('chromium', log);
    const installed = findProgram(PROGRAMS);
    if (installed !== null) return installed;
  }
  throw new Error(
    [
      'No Chromium is here for the browser tests. Get one in any of three ways:',
      '  - set CHROMIUM_PATH to the executable of a Chromium or Chrome;',
      '  - put chromium on the PATH (Debian: apt-get install chromium);',
      '  - run this as root on Debian or Ubuntu, and it is installed.',
    ].join('\n'),
  );
}
