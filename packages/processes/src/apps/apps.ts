import path from 'node:path';
import { ROOT } from '../workspace.ts';

/** An app of the workspace, as `pnpm dev` and `pnpm start` run it. */
export interface App {
  /** Its folder under `apps`. */
  name: string;
  /** Its default port, unless its variable sets another. */
  port: number;
  /** Settings variable of the port. */
  portVariable: string;
  /** The content of the address, and its path. */
  page: string;
  path: string;
}

export const SANDBOX: App = {
  name: 'sandbox',
  port: 4000,
  portVariable: 'SANDBOX_PORT',
  page: 'be the buyer',
  path: '/',
};

/** The four apps of the product. */
export const PRODUCT_APPS: readonly App[] = [
  { name: 'ingestor', port: 4001, portVariable: 'INGESTOR_PORT', page: 'health', path: '/readyz' },
  {
    name: 'generation-worker',
    port: 4002,
    portVariable: 'GENERATION_WORKER_PORT',
    page: 'health',
    path: '/readyz',
  },
  {
    name: 'delivery-worker',
    port: 4003,
    portVariable: 'DELIVERY_WORKER_PORT',
    page: 'health',
    path: '/readyz',
  },
  { name: 'admin', port: 4004, portVariable: 'ADMIN_PORT', page: 'orders, attention, queues', path: '/' },
];

/** The same apps on consecutive ports, from the first app's port on. */
export function onPortsFrom(first: number, apps: readonly App[]): App[] {
  return apps.map((app, index) => ({ ...app, port: first + index }));
}

/**
 * Options of Node for the process of an app. A young generation of 4 MB in place of 16 takes 30 MB
 * less memory.
 */
export const NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=4'];

/** The folder of an app. */
export function folderOf(app: Pick<App, 'name'>): string {
  return path.join(ROOT, 'apps', app.name);
}

/** The address of an app on this machine. */
export function addressOf(app: App): string {
  return `http://127.0.0.1:${app.port}`;
}
