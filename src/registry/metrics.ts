import { Registry } from "./registry.ts";

const KEY = Symbol.for("narthex.metrics");
const shared = globalThis as { [KEY]?: Registry };

shared[KEY] ??= new Registry();

/**
 * The process-wide registry. It is kept on `globalThis`, so that two copies of this package in one
 * process (bundles, hot reloads) share it.
 */
export const metrics: Registry = shared[KEY];
