/**
 * What a key of the marketplace looks like. A typing error is found before anything is asked with
 * it.
 */
export const API_KEY = /^atelier_[A-Za-z0-9_.~+/=-]+$/;

export const NOT_A_KEY =
  'is not a key of Atelier: a key begins with "atelier_" and has neither spaces nor quotation marks. Copy it again';
