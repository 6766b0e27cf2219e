import { z } from 'zod';

/** A process of handlers takes about 105 MB before it calls one. */
const LOWEST_MB = 192;
const DEFAULT_MB = 2048;

/** The setting HANDLER_MEMORY_MB: the memory limit of one process of handlers, in MB. */
export const handlerMemorySchema = z.coerce.number().int().min(LOWEST_MB).default(DEFAULT_MB);
