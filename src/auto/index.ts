import { isMainThread } from "node:worker_threads";
import { start } from "./start.ts";

// Node imports this in worker threads as well, but a process has one page of metrics.
if (isMainThread) start();
