import path from 'node:path';

/**
 * The name of the folder of an order or an upload.
 * @param id of the order or the upload.
 * @throws TypeError for an id that would lead to the folder above, or outside of it.
 */
export function folderName(id: string): string {
  if (path.basename(id) === id && !/^\.*$/.test(id)) return id;
  throw new TypeError(`"${id}" is not the name of a folder`);
}
