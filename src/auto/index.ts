import { isMainThread } from "node:worker_threads";
import { isLauncher, start } from "./start.ts";

// Node imports this in worker threads as well, but a process has one page of metrics.
if (isMainThread && !isLauncher(process.argv[1])) start();
