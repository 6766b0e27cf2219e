import path from 'node:path';

/** The folder of the whole workspace. */
export const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The folder of the workspace's tools: Node 24, pnpm, biome, turbo, … */
const BIN = path.join(ROOT, 'node_modules', '.bin');

/** The path of one of the workspace's tools. */
export function tool(name: string): string {
  return path.join(BIN, name);
}

/**
 * An environment in which tools find each other, and in which Node 24 precedes the machine's Node.
 */
export function toolEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: `${BIN}${path.delimiter}${env.PATH ?? ''}` };
}
