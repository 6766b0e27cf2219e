import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.ts';
import { behaviourControl } from './behaviour.ts';
import { buyerControl } from './buyer.ts';
import { deliverableTextControl } from './deliverable-text.ts';
import { guardControl } from './guard.ts';
import { lookingControl } from './looking.ts';
import { sceneControl } from './scene.ts';
import { weatherControl } from './weather.ts';
import { webhookControl } from './webhooks.ts';

/** Serves `/sandbox`, the calls of buyers and tests, behind its own guard. */
export function controlRoutes(server: FastifyInstance, sandbox: Sandbox, ownHost: string | undefined): void {
  server.register(async (control) => {
    guardControl(control, ownHost);
    sceneControl(control, sandbox);
    buyerControl(control, sandbox);
    behaviourControl(control, sandbox);
    webhookControl(control, sandbox);
    weatherControl(control, sandbox);
    lookingControl(control, sandbox);
    deliverableTextControl(control, sandbox);
  });
}
