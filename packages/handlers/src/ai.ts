/**
 * Generators on the models of the AI SDK's providers. They have an entry point of their own,
 * because only their users need to load the AI SDK.
 */
export { type AiCodeOptions, aiCode } from './generators/ai/code.ts';
export { type AiImageOptions, aiImage } from './generators/ai/image.ts';
export type { ReferencePolicy } from './generators/ai/references.ts';
export { type AiTextOptions, aiText } from './generators/ai/text.ts';
export type { Prices } from './generators/ai/usage.ts';
