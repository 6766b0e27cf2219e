import { canInstall, installPackage } from './apt.ts';
import { findProgram } from './find-program.ts';

export interface WantedProgram {
  /** The purpose of the program, for an error: `the browser tests`. */
  purpose: string;
  /** The possible names of the program. The first one found wins. */
  names: readonly string[];
  /** The environment variable that names another program. */
  variable: string;
  /** The package of Debian. */
  package: string;
}

/**
 * The path of a program: the one of its variable, or the one on the PATH. If both are missing, we
 * install it as root on Debian.
 * @throws Error naming the ways to get one.
 */
export async function acquireProgram(wanted: WantedProgram, log: (line: string) => void): Promise<string> {
  const given = process.env[wanted.variable];
  if (given) return given;
  const found = findProgram(wanted.names);
  if (found !== null) return found;
  if (canInstall()) {
    await installPackage(wanted.package, log);
    const installed = findProgram(wanted.names);
    if (installed !== null) return installed;
  }
  const [name] = wanted.names;
  throw new Error(
    [
      `No ${name} is here for ${wanted.purpose}. Get one in any of three ways:`,
      `  - set ${wanted.variable} to its path;`,
      `  - put ${name} on the PATH (Debian: apt-get install ${wanted.package});`,
      '  - run this as root on Debian or Ubuntu, and it is installed.',
    ].join('\n'),
  );
}
