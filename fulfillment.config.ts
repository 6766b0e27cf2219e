/**
 * The configuration of your fulfilment: your agents, the handlers that generate their deliverables,
 * and your policies. This example needs no model and no key beyond ATELIER_API_KEY: it draws a
 * picture of the brief, and writes a text about it. Replace the bodies of `quote` and `generate`
 * with your own work. See docs/handlers/README.md.
 */
import { createHash } from 'node:crypto';
import { defineConfig, defineHandler, type GenerateContext } from '@fulfillment/handlers';
import sharp from 'sharp';

const picture = defineHandler({
  name: 'picture',
  match: { category: 'image_gen' },
  quote: ({ order }) => (order.brief.length > 500 ? '45.00' : '25.00'),
  timeLimitSeconds: 120,
  async generate({ order, round, feedback, progress }) {
    await progress('drawing');
    const png = await sharp(Buffer.from(drawing(order.brief, round, feedback)))
      .png()
      .toBuffer();
    return { body: png, contentType: 'image/png', fileName: `picture-${round}.png` };
  },
});

const text = defineHandler({
  name: 'text',
  match: 'default',
  quote: ({ order }) =>
    order.brief.trim() === '' ? { refuse: 'Please say what the text should be about.' } : '15.00',
  async generate(ctx) {
    await ctx.progress('writing');
    return { body: document(ctx), contentType: 'text/markdown', fileName: `text-${ctx.round}.md` };
  },
});

export default defineConfig({ handlers: [picture, text] });

/**
 * An SVG with shapes and colours that follow from the words, so that every brief has its own
 * picture.
 */
function drawing(brief: string, round: number, feedback: string | null): string {
  const seed = createHash('sha256')
    .update(`${brief}\n${round}\n${feedback ?? ''}`)
    .digest();
  const circles = Array.from({ length: 8 }, (_, index) => {
    const [x = 0, y = 0, r = 0, hue = 0] = seed.subarray(index * 4, index * 4 + 4);
    return `<circle cx="${x * 4}" cy="${y * 2.4}" r="${30 + r / 2}" fill="hsl(${hue * 1.4} 70% 60% / 0.6)"/>`;
  });
  const words = brief.replace(/\s+/g, ' ').trim().slice(0, 60);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="640">
    <rect width="1024" height="640" fill="hsl(${(seed[31] ?? 0) * 1.4} 40% 92%)"/>${circles.join('')}
    <text x="40" y="590" font-family="sans-serif" font-size="32" fill="#222">${escapeXml(words)}</text></svg>`;
}

function document({ order, round, feedback, earlier }: GenerateContext): string {
  const words = order.brief.split(/\s+/).filter(Boolean);
  const answers = Object.entries(order.requirementAnswers).map(
    ([field, answer]) => `- ${field}: ${JSON.stringify(answer)}`,
  );
  return [
    `# ${order.serviceTitle ?? 'Your order'}`,
    `You asked, in ${words.length} words:`,
    order.brief.replace(/^/gm, '> '),
    ...(answers.length > 0 ? ['Your answers:', answers.join('\n')] : []),
    ...(round > 0 ? [`This is revision ${round} after ${earlier.length} earlier round(s).`] : []),
    ...(feedback === null ? [] : ['What you wanted changed:', feedback.replace(/^/gm, '> ')]),
  ].join('\n\n');
}

/**
 * A brief is a stranger's text: it must not become part of the drawing's markup. XML forbids
 * control characters entirely.
 */
function escapeXml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
