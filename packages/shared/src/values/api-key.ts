/** The form of a marketplace key. The check finds a typing error before any call uses the key. */
export const API_KEY = /^atelier_[A-Za-z0-9_.~+/=-]+$/;

export const NOT_A_KEY =
  'is not a key of Atelier: a key begins with "atelier_" and has neither spaces nor quotation marks. Copy it again';
