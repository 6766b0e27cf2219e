export { DiskError, InvalidOutputError, PermanentError } from './errors.ts';
export { contentTypeOf, mediaTypeOf } from './media/content-types.ts';
export { contentDisposition } from './names/content-disposition.ts';
export { asciiName } from './names/file-name.ts';
export { nameInPath } from './names/path-name.ts';
export type { Body, Output, SavedArtifact } from './outputs/output.ts';
export { isSameArtifact, MAX_PRODUCTS, productOf, reviewReasonOf, toProducts } from './outputs/products.ts';
export { isPublicAddress } from './outputs/public-address.ts';
export {
  clearMade,
  findMade,
  folderId,
  keepMade,
  type Made,
  madeFolder,
  mustTakeFiles,
  removeMade,
} from './staging/made.ts';
export { fileIn, type Spool, spoolIn } from './staging/spool.ts';
export { holdError } from './staging/write-whole.ts';
export type { ArtifactInput, ArtifactStore, StorePlace } from './stores/artifact-store.ts';
export { type AtelierOptions, atelier, hostedType, whyNotHosted } from './stores/atelier.ts';
export { type LocalDiskOptions, localDisk } from './stores/local-disk.ts';
export { removeOldSpools } from './stores/spools.ts';
