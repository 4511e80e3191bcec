import { invalidPage, show } from "../../errors.ts";

const REASON = "it is not UTF-8";
const NEWLINE = 0x0a;

/** The text of a page, every part of which has a form in UTF-8. */
export function decodePage(page: string | Uint8Array): string {
  if (typeof page !== "string") return decodeBytes(page);
  if (page.isWellFormed()) return page;
  const lines = page.split("\n");
  const i = lines.findIndex((line) => !line.isWellFormed());
  throw invalidPage(`line ${i + 1}, ${show(lines[i])}`, REASON);
}

function decodeBytes(page: Uint8Array): string {
  // A byte order mark is no part of any format, and so not to be swallowed.
  const options = { fatal: true, ignoreBOM: true };
  try {
    return new TextDecoder("utf-8", options).decode(page);
  } catch (error) {
    for (let number = 1, from = 0; from < page.length; number += 1) {
      const newline = page.indexOf(NEWLINE, from);
      const line = page.subarray(from, newline < 0 ? page.length : newline);
      try {
        new TextDecoder("utf-8", options).decode(line);
      } catch {
        throw invalidPage(`line ${number}, ${show(new TextDecoder().decode(line))}`, REASON);
      }
      from += line.length + 1;
    }
    throw error;
  }
}
