import { processWide } from "../process-wide.ts";
import { Registry } from "./registry.ts";

/**
 * The process-wide registry. Copies of this package in one process (bundles, hot reloads) share it if
 * their versions allow it.
 */
export const metrics: Registry = processWide("metrics", () => new Registry());
