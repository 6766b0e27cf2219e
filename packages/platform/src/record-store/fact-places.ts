/**
 * Places from here on are counted, and order facts whatever the clock says. Earlier versions used
 * the number of fields as the place.
 */
export const FIRST_COUNTED_PLACE = 1_000_000;
