import { processWide } from "../../process-wide.ts";
import { warn } from "../../warn.ts";

/** Who makes the pages of this process show all workers, says so here. */
const pages = processWide("http.pages-of-workers", () => ({ isTold: false }));

/** Whether this process is a worker of a cluster, as those of PM2 are, too. */
export function isWorker(): boolean {
  // No import: not all servers of the fetch API have this module.
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
