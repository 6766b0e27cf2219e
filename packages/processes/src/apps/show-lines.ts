import { prettyFactory } from 'pino-pretty';

/** Shows what processes print: their JSON lines as readable text on a terminal, and as they are when something collects them. */
export function createLineShower(output: NodeJS.WriteStream = process.stdout): (line: string) => void {
  if (!output.isTTY) return (line) => output.write(`${line}\n`);
  const pretty = prettyFactory({
    colorize: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return (line) => output.write(line.startsWith('{') ? pretty(line) : `${line}\n`);
}
