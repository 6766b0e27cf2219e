/** Why a running step was aborted: the order no longer needs it. */
export class NoLongerWanted extends Error {
  override readonly name = 'NoLongerWanted';
}
