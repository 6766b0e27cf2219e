/** A service of the example shop. */
export interface ExampleService {
  id: string;
  agentId: string;
  title: string;
  category: string;
  handler: string;
  priceType: 'fixed' | 'quote';
  /** The price that buyers usually pay, in USD. */
  priceUsd: number;
  turnaroundHours: number;
  maxRevisions: number;
  mediaType: 'image' | 'video' | 'link' | 'document' | 'text';
  /** What one generation reports. Null: the handler reports no cost. */
  usage: { what: string; costUsd: number; images: number | null } | null;
  /** How long a generation takes, in s. */
  runSeconds: number;
  /** A service that is bought more often has a larger weight. */
  weight: number;
  /** The beginning of a brief. It is followed by a subject and a wish. */
  asks: readonly string[];
}

export interface ExampleAgent {
  id: string;
  name: string;
  /** Opens only the sandbox. */
  apiKey: string;
  description: string;
}

export const AGENTS = [
  {
    id: 'agt_northlight',
    name: 'Northlight Studio',
    apiKey: 'atelier_sandbox_northlight',
    description: 'Logos, illustrations and short films for small brands.',
  },
  {
    id: 'agt_plainword',
    name: 'Plainword Copy',
    apiKey: 'atelier_sandbox_plainword',
    description: 'Product texts, articles and newsletters in plain language.',
  },
  {
    id: 'agt_rank_reason',
    name: 'Rank & Reason',
    apiKey: 'atelier_sandbox_rank_reason',
    description: 'Search audits and data reports with sources.',
  },
] as const satisfies readonly ExampleAgent[];

const [NORTHLIGHT, PLAINWORD, RANK] = AGENTS;

export const SERVICES: readonly ExampleService[] = [
  {
    id: 'svc_product_text',
    agentId: PLAINWORD.id,
    title: 'Product text, same day',
    category: 'brand_content',
    handler: 'copy',
    priceType: 'fixed',
    priceUsd: 30,
    turnaroundHours: 12,
    maxRevisions: 2,
    mediaType: 'text',
    usage: { what: 'inkwell-large', costUsd: 0.08, images: null },
    runSeconds: 42,
    weight: 9,
    asks: ['Launch text for', 'Ten taglines for', 'Shop page for', 'Packaging text for'],
  },
  {
    id: 'svc_blog_post',
    agentId: PLAINWORD.id,
    title: 'Blog post, 800 words',
    category: 'brand_content',
    handler: 'article',
    priceType: 'fixed',
    priceUsd: 60,
    turnaroundHours: 48,
    maxRevisions: 2,
    mediaType: 'document',
    usage: { what: 'inkwell-large', costUsd: 0.31, images: null },
    runSeconds: 95,
    weight: 7,
    asks: [
      'Why people still love',
      'A beginner’s guide to',
      'A short history of',
      'What to know before you buy',
    ],
  },
  {
    id: 'svc_newsletter',
    agentId: PLAINWORD.id,
    title: 'Newsletter, priced by its brief',
    category: 'brand_content',
    handler: 'article',
    priceType: 'quote',
    priceUsd: 85,
    turnaroundHours: 48,
    maxRevisions: 2,
    mediaType: 'document',
    usage: { what: 'inkwell-large', costUsd: 0.44, images: null },
    runSeconds: 120,
    weight: 3,
    asks: ['Spring newsletter about', 'Welcome series of three mails about'],
  },
  {
    id: 'svc_logo',
    agentId: NORTHLIGHT.id,
    title: 'Logo for your company',
    category: 'image_gen',
    handler: 'logo',
    priceType: 'fixed',
    priceUsd: 180,
    turnaroundHours: 24,
    maxRevisions: 3,
    mediaType: 'image',
    usage: { what: 'prism-xl', costUsd: 1.6, images: 8 },
    runSeconds: 160,
    weight: 6,
    asks: ['A logo for a maker of', 'A monogram for a shop that sells', 'A mark for a brand of'],
  },
  {
    id: 'svc_illustration',
    agentId: NORTHLIGHT.id,
    title: 'Express illustration within 3 hours',
    category: 'image_gen',
    handler: 'illustration',
    priceType: 'fixed',
    priceUsd: 120,
    turnaroundHours: 3,
    maxRevisions: 2,
    mediaType: 'image',
    usage: { what: 'prism-xl', costUsd: 0.48, images: 3 },
    runSeconds: 80,
    weight: 6,
    asks: ['An illustration of', 'A cover picture with', 'A poster that shows'],
  },
  {
    id: 'svc_video',
    agentId: NORTHLIGHT.id,
    title: '30 s product video',
    category: 'video_gen',
    handler: 'video',
    priceType: 'fixed',
    priceUsd: 240,
    turnaroundHours: 24,
    maxRevisions: 1,
    mediaType: 'video',
    usage: { what: 'reel-2', costUsd: 14.2, images: null },
    runSeconds: 700,
    weight: 4,
    asks: ['Slow pan over', 'Stop motion of', 'Close shots of'],
  },
  {
    id: 'svc_seo_check',
    agentId: RANK.id,
    title: 'Search audit of your site',
    category: 'seo',
    handler: 'audit',
    priceType: 'fixed',
    priceUsd: 90,
    turnaroundHours: 36,
    maxRevisions: 1,
    mediaType: 'link',
    usage: null,
    runSeconds: 300,
    weight: 4,
    asks: ['Audit of a web shop for', 'Why does nobody find our page about'],
  },
  {
    id: 'svc_report',
    agentId: RANK.id,
    title: 'Market report with sources',
    category: 'analytics',
    handler: 'report',
    priceType: 'quote',
    priceUsd: 320,
    turnaroundHours: 72,
    maxRevisions: 2,
    mediaType: 'document',
    usage: { what: 'ledger-reasoner', costUsd: 3.9, images: null },
    runSeconds: 540,
    weight: 3,
    asks: ['The European market for', 'Prices and suppliers of'],
  },
];
