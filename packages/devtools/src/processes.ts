import { spawn } from 'node:child_process';
import { waitFor } from './wait-for.ts';

export function startProcess(options: { name: string; command: string; args: string[]; cwd: string; env: Record<string, string>; readyUrl: string }) {
  const child = spawn(options.command, options.args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => { output += chunk.toString(); };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let exited = false;
  const exit = new Promise<void>((resolve) => child.once('exit', () => { exited = true; resolve(); }));
  return {
    name: options.name,
    output: () => output,
    ready: () => waitFor(`${options.name} to be ready`, async () => {
      if (exited) throw new Error(`${options.name} exited:\n${output.slice(-3000)}`);
      return fetch(options.readyUrl).then((r) => r.ok, () => false);
    }, { timeoutMs: 20_000 }),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    exited: exit,
    stop: async () => { if (!exited) { child.kill('SIGTERM'); const t = setTimeout(() => child.kill('SIGKILL'), 8000); await exit; clearTimeout(t); } },
  };
}
export class ProcessGroup {
  readonly #all: ReturnType<typeof startProcess>[] = [];
  add(p: ReturnType<typeof startProcess>) { this.#all.push(p); return p; }
  async stop() { await Promise.all(this.#all.map((p) => p.stop())); }
}
