/** The memory limit of one process of handlers, unless HANDLER_MEMORY_MB sets another. In MB. */
export const DEFAULT_HANDLER_MEMORY_MB = 2048;
