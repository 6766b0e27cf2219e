import type { FastifyHelmetOptions } from '@fastify/helmet';

/** Limits what browsers may do with the pages. */
export const PAGE_HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  // With `no-referrer`, browsers would hide the origin of our own forms from us.
  referrerPolicy: { policy: 'same-origin' },
  // The operator's proxy terminates https, and decides for its domain.
  strictTransportSecurity: false,
} satisfies FastifyHelmetOptions;

/**
 * Bull Board sets styles from its scripts, sets a base address, and shows images that it embeds.
 * The policy permits no other site.
 */
export const BOARD_HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'none'"],
      baseUri: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
} satisfies FastifyHelmetOptions;
