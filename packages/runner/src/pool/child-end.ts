import { cutTextStart, withoutSecrets } from '@fulfillment/shared';
import { HandlerProcessError } from '../errors.ts';
import { type ErrorData, toError } from '../protocol/error-data.ts';

/** The signs of how a child ended, and why. */
export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why we ended it. Null: it ended without us. */
  killedFor: string | null;
  /** The error that nobody handled in the child. */
  fault: { origin: string; error: ErrorData } | null;
  /** The last lines that it printed. */
  lastLines: string;
  memoryMb: number;
}

/** The last output in an error, in UTF-16 units. The order's page shows it. */
const LONGEST_QUOTE = 1500;

/** The error of a call whose process ended, with the reason and the last output of the process. */
export function errorOfEnd(end: ChildEnd): HandlerProcessError {
  const { fault, lastLines } = end;
  if (fault !== null) {
    const cause = toError(fault.error);
    const message = `its process ended by an ${fault.origin}: ${cause.message}`;
    return new HandlerProcessError(message, { cause });
  }
  const quote = cutTextStart(withoutSecrets(lastLines.trim()), LONGEST_QUOTE);
  return new HandlerProcessError(`${reasonOf(end)}${quote === '' ? '' : `. Its last output: ${quote}`}`);
}

function reasonOf({ code, signal, killedFor, lastLines, memoryMb }: ChildEnd): string {
  if (killedFor !== null) return killedFor;
  if (/heap out of memory|Reached heap limit/i.test(lastLines)) return outOfMemory(memoryMb);
  if (signal === 'SIGKILL')
    return 'its process was killed by SIGKILL, perhaps because the machine ran out of memory';
  if (signal !== null) return `its process was killed by ${signal}`;
  return `its process ended with exit code ${code} before the handler was done`;
}

/** The reason for the end of a child that used too much memory. */
export function outOfMemory(memoryMb: number): string {
  return `its process used more than ${memoryMb} MB of memory (HANDLER_MEMORY_MB)`;
}
