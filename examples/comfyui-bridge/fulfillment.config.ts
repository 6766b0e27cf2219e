/**
 * Images by ComfyUI, through the bridge beside this file. A job takes minutes, and is submitted
 * only once, even if a process restarts meanwhile.
 */
import { defineConfig, defineHandler, fixedQuote, http } from '@fulfillment/handlers';

const painter = defineHandler({
  name: 'comfyui',
  match: 'default',
  quote: fixedQuote('15'),
  generate: http({
    url: `${process.env.BRIDGE_URL ?? 'http://127.0.0.1:8189'}/make`,
    secret: process.env.BRIDGE_SECRET ?? '',
    askEverySeconds: Number(process.env.BRIDGE_ASK_SECONDS ?? 5),
  }),
  timeLimitSeconds: 3600,
});

export default defineConfig({ handlers: [painter] });
