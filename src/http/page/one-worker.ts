import { processWide } from "../../process-wide.ts";
import { warn } from "../../warn.ts";

/** Whether the user has been told already, by any copy of this package. */
const pages = processWide("http.pages-of-workers", () => ({ isTold: false }));

/** Whether this process is a worker of a cluster, such as those of PM2. */
export function isWorker(): boolean {
  // Not imported, because not all servers of the fetch API have this module.
  const cluster = process.getBuiltinModule?.("cluster") as { isWorker?: boolean } | undefined;
  return cluster?.isWorker === true;
}

/** Warns, once, that a page on the port of all workers shows one of them. */
export function warnOfOneWorker(): void {
  if (pages.isTold || !isWorker()) return;
  pages.isTold = true;
  warn(
    "This process is one worker of a cluster, and its metrics page shows this worker alone: workers share a port, so each scrape reads another one. Serve each worker's metrics on a port of its own, with monitor(…, { port }).",
  );
}
