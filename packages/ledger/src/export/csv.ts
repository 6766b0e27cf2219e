/**
 * A value of a cell. Numbers are written with a decimal point. `amount`: money as a decimal text. A
 * spreadsheet takes a negative amount for a number and not for a formula.
 */
export type Cell = string | number | null | { amount: string };

/**
 * Where a spreadsheet would run a text as a formula: at the beginning of a cell. Some countries'
 * settings also begin a cell after a semicolon, a tab or a line break inside a text.
 */
const FORMULA = /^(?=[\t\r])|(?<=^|[;\t\r\n])(?=[=+\-@])/g;

/**
 * One line of a CSV file (RFC 4180). Each part of a text that a spreadsheet would
 * run as a formula gets an apostrophe.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell.amount;
  const text = cell.replace(FORMULA, "'");
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
