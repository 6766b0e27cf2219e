/** Another process has taken over the projection. This one must not write any more. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';

  constructor() {
    super('Another process projects the records now.');
  }
}
