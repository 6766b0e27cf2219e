/**
 * The folder of generated files, from the workspace's root, unless ARTIFACTS_DIR names another
 * folder.
 */
export const DEFAULT_ARTIFACTS_DIR = '.data/artifacts';
