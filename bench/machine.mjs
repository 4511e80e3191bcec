import { arch, availableParallelism, cpus, platform } from "node:os";

/** What this runs on, in words. */
export function machine() {
  const model = cpus()[0]?.model.trim() ?? "an unknown processor";
  return `${availableParallelism()} cores of ${model}, ${platform()} ${arch()}`;
}
