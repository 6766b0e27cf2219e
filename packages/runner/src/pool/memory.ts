import { readFileSync } from 'node:fs';

/**
 * The memory of a process, in bytes, on systems that show it as Linux does. Otherwise, or if the
 * process has ended, null.
 */
export function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
