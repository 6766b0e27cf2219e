/**
 * Artifacts in an S3-compatible store. It has an entry point of its own, because only its users
 * need to load the AWS SDK.
 */
export { type S3Options, s3 } from './stores/s3.ts';
