import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MetricsEndpoint } from "../http/page/endpoint.ts";
import { hostInUrl, startMetricsServer } from "../http/page/server.ts";
import type { AutoSettings } from "./environment.ts";
import { say } from "./say.ts";

/** Serves the metrics on a port of their own, and reports where, or why not. */
export function serveMetrics(settings: AutoSettings): Server {
  const { host, port, path } = settings;
  const server = startMetricsServer(new MetricsEndpoint(settings), settings, {
    onFailure: (error) => say(`no metrics of process ${process.pid}: ${reasonOf(error, settings)}`),
    onWaiting: once(() =>
      say(
        `port ${port} of ${host} is in use: process ${process.pid} takes it over when the process of its group that has it ends. If another program has it, choose another port with NARTHEX_PORT.`,
      ),
    ),
  });
  return server.once("listening", () => {
    const { port } = server.address() as AddressInfo;
    say(`metrics on http://${hostInUrl(host)}:${port}${path}`);
  });
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

function reasonOf(error: NodeJS.ErrnoException, { host, port }: AutoSettings): string {
  if (error.code !== "EADDRINUSE") {
    return `${error.message}. Choose another address with NARTHEX_HOST or NARTHEX_PORT.`;
  }
  return `port ${port} of ${host} is in use. Choose another with NARTHEX_PORT, or 0 for any that is free.`;
}
