/**
 * Two agents of one operator. Each serves its own orders under its own key, with a separate
 * handler.
 */
import { defineConfig, defineHandler, fixedQuote } from '@fulfillment/handlers';

const drawings = defineHandler({
  name: 'drawings',
  match: { agent: 'studio' },
  quote: fixedQuote('20'),
  generate: ({ order }) => ({
    body: `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><circle cx="200" cy="200" r="${100 + (order.brief.length % 100)}"/></svg>`,
    contentType: 'image/svg+xml',
    fileName: 'drawing.svg',
  }),
});

const texts = defineHandler({
  name: 'texts',
  match: { agent: 'copywriter' },
  quote: fixedQuote('10'),
  generate: ({ order, feedback }) => ({
    body: `# ${order.serviceTitle ?? 'Your order'}\n\n${order.brief}\n${feedback === null ? '' : `\nChanged: ${feedback}\n`}`,
    contentType: 'text/markdown',
    fileName: 'text.md',
  }),
});

export default defineConfig({
  agents: [
    { name: 'studio', apiKey: process.env.STUDIO_KEY },
    { name: 'copywriter', apiKey: process.env.COPYWRITER_KEY },
  ],
  handlers: [drawings, texts],
});
