/** Tables as text for other programs. */

/** A text that a spreadsheet would take for a formula is marked as text; numbers stay numbers. */
function inert(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?(\d|\.\d|Infinity$)/.test(text) ? `'${text}` : text;
}

export function toTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((text) => inert(text).replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
}

/** RFC 4180. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${rows.map((row) => row.map((text) => cell(inert(text))).join(',')).join('\r\n')}\r\n`;
}

/** Gives the reader a file. */
export function saveFile(name: string, type: string, parts: readonly BlobPart[]): void {
  const address = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the click; it is one page long in memory until then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
