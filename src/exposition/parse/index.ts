export { type ParseOptions, parse } from "./parse.ts";
export type { ParsedFamily, ParsedSample } from "./parsed-family.ts";
export type { ParsedPage } from "./parsed-page.ts";
