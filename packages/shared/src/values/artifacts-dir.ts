/**
 * The folder of generated files, from the workspace's root, unless ARTIFACTS_DIR names another one.
 */
export const DEFAULT_ARTIFACTS_DIR = '.data/artifacts';
