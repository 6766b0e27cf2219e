import path from 'node:path';

/**
 * The name of the folder of an order, or of an upload.
 * @throws TypeError for an id that would lead to the folder of all orders, or outside of it.
 */
export function orderFolder(id: string): string {
  if (path.basename(id) === id && !/^\.*$/.test(id)) return id;
  throw new TypeError(`"${id}" is not the name of a folder`);
}
