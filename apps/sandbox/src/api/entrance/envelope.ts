/** A success as the marketplace writes it. */
export function success(data: unknown): { success: true; data: unknown } {
  return { success: true, data };
}

/** A failure as the marketplace writes it. */
export function failure(error: string): { success: false; error: string } {
  return { success: false, error };
}
