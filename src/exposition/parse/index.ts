export { type ParseOptions, parse } from "./parse.ts";
export type { ParsedFamily, ParsedPage } from "./parsed-page.ts";
export type { ParsedSample } from "./sample.ts";
