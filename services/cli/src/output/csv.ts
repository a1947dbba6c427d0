/** One line of CSV (RFC 4180) that a spreadsheet shows as it is. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(",")}\n`;

// A cell that begins so is a formula to a spreadsheet, and what devices answer is not ours to run. An apostrophe before it
// makes it text (OWASP, CSV Injection). A number stays a number.
const FORMULA = /^(?:[=+@\t\r]|-(?!\d+(?:\.\d+)?$))/;

function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
