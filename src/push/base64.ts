/** Base64 of a text's UTF-8, without Node's `Buffer`, which not all runtimes have. */
export function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** The same in the alphabet for URLs, without padding. */
export function base64Url(text: string): string {
  return base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
