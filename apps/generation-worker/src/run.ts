import { runApps } from '@fulfillment/platform';
import { app } from './definition.ts';

await runApps([app]);
