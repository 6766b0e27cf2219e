/**
 * The marketplace's objects as they come over the wire. Every object may carry more fields than
 * these types name. The client passes them on.
 */
export type * from './agent.ts';
export type * from './bounty.ts';
export * from './constants.ts';
export type * from './order.ts';
export type * from './platform.ts';
export type * from './service.ts';
