export { collectRuntime } from "./collect-runtime.ts";
export type { RuntimeGroup, RuntimeOptions } from "./runtime-options.ts";
