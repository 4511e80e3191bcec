export { type ParseOptions, parse } from "./parse.ts";
export type { ParsedFamily } from "./parsed-family.ts";
export type { ParsedPage } from "./parsed-page.ts";
export type { ParsedSample } from "./sample.ts";
