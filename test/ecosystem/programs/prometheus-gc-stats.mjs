import { EventEmitter } from "node:events";
import Module, { createRequire } from "node:module";
import { ask, serverOf } from "./ask.mjs";

// Its native module, which tells of each collection, has to be compiled; this one tells of two.
const stats = new EventEmitter();
const load = Module._load;
Module._load = (request, ...rest) =>
  request === "@sematext/gc-stats" ? () => stats : load(request, ...rest);
const require = createRequire(import.meta.url);
const client = require("prom-client");
require("prometheus-gc-stats")(client.register, { prefix: "shop_" })();
stats.emit("stats", { gctype: 1, pause: 2_000_000, diff: { usedHeapSize: -4096 } });
stats.emit("stats", { gctype: 4, pause: 7_500_000, diff: { usedHeapSize: -1 } });
await ask(await serverOf(client.register), []);
