/** Generators on the models of the AI SDK's providers. Apart from the rest, since only those who use them need to load them. */
export { type AiCodeOptions, aiCode } from './generators/ai/code.ts';
export { type AiImageOptions, aiImage } from './generators/ai/image.ts';
export type { ReferencePolicy } from './generators/ai/references.ts';
export { type AiTextOptions, aiText } from './generators/ai/text.ts';
export type { Prices } from './generators/ai/usage.ts';
