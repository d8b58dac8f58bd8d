// Rows as CSV (RFC 4180): for spreadsheets, which must not take what a program wrote for a formula.

export type CsvValue = string | number | boolean | null;

/** One line with its end. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvValue).join(",")}\r\n`;
}

function csvValue(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  // A leading apostrophe is how spreadsheets write "this is text".
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
