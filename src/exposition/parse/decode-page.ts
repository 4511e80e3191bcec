const NEWLINE = 0x0a;
const REPLACEMENT = "\ufffd";
const LONE_SURROGATE = "\udfff";

/** The text of a page. In place of bytes that are not UTF-8 it has lone surrogates, which no UTF-8 has. */
export function decodePage(page: Uint8Array): string {
  // No format allows a byte order mark. It stays in the text, so that its line is refused.
  const options = { ignoreBOM: true };
  try {
    return new TextDecoder("utf-8", { ...options, fatal: true }).decode(page);
  } catch {
    const text = new TextDecoder("utf-8", options).decode(page);
    return withSurrogates(text, page);
  }
}

/**
 * Replaces the decoder's replacement characters with lone surrogates in all lines but those whose bytes
 * have these characters themselves.
 */
function withSurrogates(text: string, page: Uint8Array): string {
  const encoder = new TextEncoder();
  let to = -1;
  const lines = text.split("\n").map((line) => {
    const from = to + 1;
    const newline = page.indexOf(NEWLINE, from);
    to = newline < 0 ? page.length : newline;
    if (!line.includes(REPLACEMENT)) return line;
    const bytes = encoder.encode(line);
    const isValid = bytes.length === to - from && bytes.every((byte, i) => byte === page[from + i]);
    return isValid ? line : line.replaceAll(REPLACEMENT, LONE_SURROGATE);
  });
  return lines.join("\n");
}
