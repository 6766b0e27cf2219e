export { addBytes, type TestFile } from './add-bytes.ts';
export { openS3, type S3Server } from './s3-server.ts';
