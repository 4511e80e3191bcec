import { processWide } from "../../process-wide.ts";
import { isInProcesses } from "../../registry/parts.ts";
import { warn } from "../../warn.ts";

/** Whether the user has been told already, by any copy of this package. */
const pages = processWide("http.pages-of-workers", () => ({ isTold: false }));

/** Whether this process is a worker of a cluster, such as those of PM2. */
export function isWorker(): boolean {
  // Not imported, because not all servers of the fetch API have this module.
  const cluster = process.getBuiltinModule?.("cluster") as { isWorker?: boolean } | undefined;
  return cluster?.isWorker === true;
}

/** Warns, once, that a page on the port of all workers shows one of them, where it does. */
export function warnOfOneWorker(registry: object): void {
  if (pages.isTold || !isWorker() || isInProcesses(registry)) return;
  pages.isTold = true;
  warn(
    "This process is one worker of a cluster, and its metrics page shows this worker alone: workers share a port, so each scrape reads another one. Call joinProcesses(metrics) of narthex/processes in each worker, and each of them shows all.",
  );
}
