import { createServer, type RequestListener, type Server } from "node:http";
import { invalidSetting } from "../errors.ts";
import { warn } from "../registry/warn.ts";
import type { MetricsEndpoint } from "./metrics-endpoint.ts";
import { leaveUnwatched } from "./server-watch.ts";

interface Address {
  readonly port: number;
  readonly host?: string | undefined;
}

/** The servers of the process by their address, for code that is loaded again. */
const SERVERS = Symbol.for("narthex.http.metrics-servers");
const shared = globalThis as { [SERVERS]?: Map<string, Server> };

export function checkPort(port: unknown): void {
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) < 65_536) return;
  throw invalidSetting("HTTP metrics", "port", port, "use a port from 0 to 65535");
}

/**
 * Serves the metrics on a port of their own. The server does not keep the process alive, and a port
 * in use is a warning: it does not bring the application down. Where this process serves metrics
 * there already, as after a hot reload, that server goes on with the new endpoint.
 */
export function startMetricsServer(
  endpoint: MetricsEndpoint,
  { port, host = "127.0.0.1" }: Address,
): Server {
  shared[SERVERS] ??= new Map();
  const servers = shared[SERVERS];
  const address = `${host}:${port}`;
  const running = servers.get(address);
  const listener = answering(endpoint);
  if (running !== undefined) return running.removeAllListeners("request").on("request", listener);
  const server = createServer(listener);
  leaveUnwatched(server);
  if (port !== 0) servers.set(address, server);
  server.once("close", () => servers.delete(address));
  server.once("error", (error) => {
    servers.delete(address);
    warn(
      `No metrics on http://${address}${endpoint.path}: ${error.message}. Choose another port with the option port.`,
    );
  });
  return server.listen(port, host).unref();
}

/** Stops a server of metrics with all of its connections. */
export function stopMetricsServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}

function answering(endpoint: MetricsEndpoint): RequestListener {
  return (request, response) => {
    if (endpoint.isAt(request.url ?? "/")) void endpoint.send(request, response);
    else response.writeHead(404, { "content-type": "text/plain" }).end("Not found.\n");
  };
}
