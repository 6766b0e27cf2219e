/** Artifacts in an S3-compatible store. Apart from the rest, since only those who use it need to load it. */
export { type S3Options, s3 } from './stores/s3.ts';
