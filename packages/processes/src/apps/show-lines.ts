import { prettyFactory } from 'pino-pretty';

/**
 * Shows the output of processes. On a terminal, JSON lines become readable text. For a program that
 * collects them, they stay unchanged.
 */
export function createLineShower(output: NodeJS.WriteStream = process.stdout): (line: string) => void {
  if (!output.isTTY) return (line) => output.write(`${line}\n`);
  const pretty = prettyFactory({
    colorize: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return (line) => output.write(line.startsWith('{') ? pretty(line) : `${line}\n`);
}
