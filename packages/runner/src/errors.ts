/** An order cannot be given to a handler. The message says what the operator can do. */
export class NoHandlerError extends Error {
  override readonly name = 'NoHandlerError';
}
