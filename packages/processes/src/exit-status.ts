/** Exit status of a process whose configuration is wrong. Starting the process again does not help. */
export const EXIT_CONFIGURATION = 78;
