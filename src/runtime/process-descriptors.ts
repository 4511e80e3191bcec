import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { RuntimeFamilies } from "./runtime-families.ts";

const DESCRIPTORS = "/proc/self/fd";
const LIMITS = "/proc/self/limits";

export function collectProcessDescriptors(families: RuntimeFamilies): void {
  if (existsSync(DESCRIPTORS)) {
    families.gauge({
      name: "process_open_fds",
      help: "File descriptors that the process has open.",
      collect: () => countDescriptors(DESCRIPTORS),
    });
  }
  if (existsSync(LIMITS)) {
    families.gauge({
      name: "process_max_fds",
      help: "File descriptors that the process may have open (the soft limit).",
      collect: () => descriptorLimit(readFileSync(LIMITS, "utf8")),
    });
  }
}

/**
 * Since Linux 6.2 the folder's size is the count: reading 10,000 entries takes milliseconds, and one
 * more descriptor, which is not counted.
 */
export function countDescriptors(folder: string): number {
  return statSync(folder).size || readdirSync(folder).length - 1;
}

function descriptorLimit(limits: string): number {
  const limit = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}
