import path from 'node:path';
import { ROOT } from '../workspace.ts';

/** An app of the workspace, as development and `pnpm start` run it. */
export interface App {
  /** Its folder under `apps`. */
  name: string;
  /** Its port unless its variable says otherwise. */
  port: number;
  /** Settings variable of the port. */
  portVariable: string;
  /** What is found at the address, and below which path. */
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

/** The same apps on ports of their own: the first one's, and the next ones for the others. */
export function onPortsFrom(first: number, apps: readonly App[]): App[] {
  return apps.map((app, index) => ({ ...app, port: first + index }));
}

/** The folder of an app. */
export function folderOf(app: Pick<App, 'name'>): string {
  return path.join(ROOT, 'apps', app.name);
}

/** The address of an app on this machine. */
export function addressOf(app: App): string {
  return `http://127.0.0.1:${app.port}`;
}
