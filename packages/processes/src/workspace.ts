import path from 'node:path';

/** The folder of the whole workspace. */
export const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Where the workspace's tools are: Node 24 itself, pnpm, biome, turbo, … */
const BIN = path.join(ROOT, 'node_modules', '.bin');

/** The path of one of the workspace's tools. */
export function tool(name: string): string {
  return path.join(BIN, name);
}

/** An environment in which tools find each other, and Node 24 before the machine's. */
export function toolEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: `${BIN}${path.delimiter}${env.PATH ?? ''}` };
}
