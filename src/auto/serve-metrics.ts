import cluster from "node:cluster";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MetricsEndpoint } from "../http/page/endpoint.ts";
import { hostInUrl, startMetricsServer } from "../http/page/server.ts";
import type { AutoSettings } from "./environment.ts";
import { say } from "./say.ts";

/** Serves the metrics on a port of their own, and reports where, or why not. */
export function serveMetrics(settings: AutoSettings): Server {
  const { host, path } = settings;
  const server = startMetricsServer(new MetricsEndpoint(settings), settings, (error) =>
    say(`no metrics of process ${process.pid}: ${reasonOf(error, settings)}`),
  );
  return server.once("listening", () => {
    const { port } = server.address() as AddressInfo;
    say(`metrics on http://${hostInUrl(host)}:${port}${path}`);
  });
}

function reasonOf(error: NodeJS.ErrnoException, { host, port }: AutoSettings): string {
  if (error.code !== "EADDRINUSE") {
    return `${error.message}. Choose another address with NARTHEX_HOST or NARTHEX_PORT.`;
  }
  const reason = `port ${port} of ${host} is in use.`;
  if (cluster.isWorker) {
    return `${reason} Give each worker of a cluster its own: cluster.fork({ NARTHEX_PORT: … }).`;
  }
  return `${reason} Choose another with NARTHEX_PORT, or 0 for any that is free.`;
}
