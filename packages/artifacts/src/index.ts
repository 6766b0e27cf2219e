export { DiskError, InvalidOutputError, PermanentError } from './errors.ts';
export { contentTypeOf, mediaTypeOf } from './media/content-types.ts';
export { contentDisposition } from './names/content-disposition.ts';
export { asciiName } from './names/file-name.ts';
export { nameInPath } from './names/path-name.ts';
export type { Body, Output, SavedArtifact } from './outputs/output.ts';
export { isSameArtifact, MAX_PRODUCTS, reviewReasonOf, toProducts } from './outputs/products.ts';
export { isPublicAddress } from './outputs/public-address.ts';
export { DiskProbe } from './staging/disk-probe.ts';
export {
  byHandFolder,
  findStagedOutput,
  folderId,
  removeBrokenUploads,
  removeStagedOrder,
  removeStagedOutput,
  type StagedOutput,
  stagingFolder,
  writeManifest,
} from './staging/staged-output.ts';
export { Staging, type StagingPlace, stagedFile } from './staging/staging.ts';
export { holdError } from './staging/write-file.ts';
export type { ArtifactStore, StorePlace } from './stores/artifact-store.ts';
export { type AtelierOptions, atelier, hostedType, whyNotHosted } from './stores/atelier.ts';
export { type LocalDiskOptions, localDisk } from './stores/local-disk.ts';
export { storedProduct } from './stores/stored-product.ts';
