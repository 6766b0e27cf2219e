/**
 * One finding of the doctor. With `ok`, there is nothing to do. With `warning`, the product works,
 * and something may cost you. With `problem`, orders will not be served as they should. Every
 * finding other than `ok` says what to do.
 */
export type Finding =
  | { level: 'ok'; about: string; text: string }
  | { level: 'warning' | 'problem'; about: string; text: string; advice: string };

export const ok = (about: string, text: string): Finding => ({ level: 'ok', about, text });

export const warning = (about: string, text: string, advice: string): Finding => ({
  level: 'warning',
  about,
  text,
  advice,
});

export const problem = (about: string, text: string, advice: string): Finding => ({
  level: 'problem',
  about,
  text,
  advice,
});
