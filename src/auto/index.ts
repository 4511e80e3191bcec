import { isMainThread } from "node:worker_threads";
import { isLauncher } from "./is-launcher.ts";
import { start } from "./start.ts";

// Node imports this in worker threads, too, but a process has one page of metrics.
if (isMainThread && !isLauncher(process.argv[1])) start();
