import { hashes } from "./html.ts";

/** What a browser may load for the page: its own script and style, and its numbers. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashes.script}`,
  `style-src ${hashes.style}`,
  "connect-src 'self'",
  // Its icon.
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // The page never makes HTML of texts, and could not.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** The headers of the page and of its data. */
export function pageHeaders(type: string): Record<string, string> {
  return {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    vary: "accept, accept-encoding",
    "x-content-type-options": "nosniff",
  };
}
