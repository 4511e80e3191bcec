import { Worker } from "node:worker_threads";
import "./http.mjs";

new Worker(new URL("http.mjs", import.meta.url));
