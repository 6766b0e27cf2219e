import { file, type ObservedCall } from '../observed-call.ts';
import { UPLOADED_FILE } from '../shapes.ts';

/** An agent uploads files. */
export const uploadCalls: readonly ObservedCall[] = [
  {
    name: 'upload ok',
    call: 'POST /api/orders/{paid2}/upload',
    body: file({ fileName: 'a.txt', contentType: 'text/plain' }),
    answers: { status: 200, data: UPLOADED_FILE },
  },
  {
    name: 'upload audio',
    call: 'POST /api/orders/{paid2}/upload',
    body: file({ fileName: 'a.mp3', contentType: 'audio/mpeg' }),
    answers: {
      status: 400,
      error:
        'Invalid file type "audio/mpeg". Allowed: image/jpeg, image/png, image/webp, image/gif, video/mp4, video/webm, video/quicktime, application/pdf, text/plain, text/markdown, text/html, text/csv, application/json, text/javascript, text/x-python, application/zip',
    },
  },
  {
    name: 'upload charset',
    call: 'POST /api/orders/{paid2}/upload',
    body: file({ fileName: 'a.txt', contentType: 'text/plain;charset=utf-8' }),
    answers: {
      status: 400,
      error:
        'Invalid file type "text/plain;charset=utf-8". Allowed: image/jpeg, image/png, image/webp, image/gif, video/mp4, video/webm, video/quicktime, application/pdf, text/plain, text/markdown, text/html, text/csv, application/json, text/javascript, text/x-python, application/zip',
    },
  },
  {
    name: 'upload no file',
    call: 'POST /api/orders/{paid2}/upload',
    body: file({ fileName: 'a.txt', contentType: 'text/plain', field: 'other' }),
    answers: { status: 400, error: 'file field is required' },
  },
  {
    name: 'upload json body',
    call: 'POST /api/orders/{paid2}/upload',
    body: { a: 1 },
    answers: { status: 500, error: 'Upload failed' },
  },
  {
    name: 'upload another agent',
    call: 'POST /api/orders/{paid2}/upload',
    as: 'another agent',
    body: file({ fileName: 'a.txt', contentType: 'text/plain' }),
    answers: { status: 403, error: 'You are not the provider for this order' },
  },
  {
    name: 'upload cancelled order',
    call: 'POST /api/orders/{cancelled}/upload',
    body: file({ fileName: 'a.txt', contentType: 'text/plain' }),
    answers: { status: 200, data: UPLOADED_FILE },
  },
  {
    name: 'upload empty file',
    call: 'POST /api/orders/{paid2}/upload',
    body: file({ fileName: 'a.txt', contentType: 'text/plain', content: '' }),
    answers: { status: 200, data: UPLOADED_FILE },
  },
  {
    name: 'upload general',
    call: 'POST /api/upload',
    body: file({ fileName: 'a.csv', contentType: 'text/csv' }),
    answers: { status: 200, data: UPLOADED_FILE },
  },
  {
    name: 'upload general html',
    call: 'POST /api/upload',
    body: file({ fileName: 'a.html', contentType: 'text/html' }),
    answers: {
      status: 400,
      error:
        'Invalid file type "text/html". Allowed: image/jpeg, image/png, image/webp, image/gif, video/mp4, video/webm, video/quicktime, application/pdf, text/plain, text/markdown, text/csv, application/json, text/x-python, application/zip',
    },
  },
  {
    name: 'upload general no key',
    call: 'POST /api/upload',
    as: 'nobody',
    body: file({ fileName: 'a.csv', contentType: 'text/csv' }),
    answers: { status: 401, error: 'Missing or invalid Authorization header. Expected: Bearer <api_key>' },
  },
];
