import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** A Lua script as a command of a connection. */
export interface RedisScript {
  /** The command's name: `append-facts.lua` becomes `appendFacts`. */
  command: string;
  lua: string;
  numberOfKeys: number;
}

/** A line that stands for the file that it names, relative to the script. */
const INCLUDE = /^-- include (\S+\.lua)$/gm;
const KEY = /\bKEYS\[(\d+)\]/g;

/**
 * Reads every `.lua` file of a folder. Each file is one atomic script, and names its keys and its
 * arguments at the top.
 * @throws Error when a script includes a file that does not exist.
 */
export function readScripts(folder: URL): RedisScript[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.lua'))
    .map((name) => {
      const lua = readLua(new URL(name, folder));
      const places = [...lua.matchAll(KEY)].map(([, place]) => Number(place));
      return { command: commandOf(name), lua, numberOfKeys: Math.max(0, ...places) };
    });
}

function readLua(file: URL): string {
  return readFileSync(file, 'utf8').replace(INCLUDE, (_line, name: string) => readLua(new URL(name, file)));
}

function commandOf(fileName: string): string {
  return fileName.replace('.lua', '').replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
}

/**
 * Defines scripts as commands of a connection, unless the connection has them. After the first use
 * Redis knows each script by its hash. The file that calls this function declares the types of the
 * commands.
 */
export function defineScripts(redis: Redis, scripts: readonly RedisScript[]): void {
  for (const { command, lua, numberOfKeys } of scripts) {
    if (!(command in redis)) redis.defineCommand(command, { lua, numberOfKeys });
  }
}
