import cluster from "node:cluster";

if (cluster.isPrimary) {
  for (const port of process.argv.slice(2)) {
    cluster.fork({ NARTHEX_PORT: port, NARTHEX_DISABLED: "off" });
  }
} else {
  await import("./http.mjs");
}
