import { once } from "node:events";
import type { Server } from "node:http";
import { invalidSetting } from "../../errors.ts";
import { ownOptions } from "../../options.ts";
import { MetricsEndpoint } from "../page/endpoint.ts";
import { isWaiting, leaveMetricsServer, notServed, startMetricsServer } from "../page/server.ts";
import { servingSettings } from "../settings.ts";
import type { ServeMetricsOptions } from "./options.ts";

/** `serveMetrics`, with Node's modules. */
export async function startServer(given: ServeMetricsOptions): Promise<Server> {
  const { signal, ...options } = ownOptions(given);
  signal?.throwIfAborted();
  const { port, host } = servingSettings(options);
  if (port === undefined) {
    throw invalidSetting("serveMetrics", "port", port, "use a port from 0 to 65535, such as 9464");
  }
  const endpoint = new MetricsEndpoint(options);
  const address = { port, host };
  const server = startMetricsServer(endpoint, address, { onFailure() {} });
  if (!server.listening && !isWaiting(server)) {
    await once(server, "listening").catch((error) => {
      if (!isWaiting(server)) throw notServed(endpoint, address, error);
    });
  }
  const forget = () => signal?.removeEventListener("abort", stop);
  const stop = () => {
    // The server may go on for others, for as long as the process does.
    server.removeListener("close", forget);
    leaveMetricsServer(server, endpoint);
  };
  if (signal?.aborted) {
    stop();
    throw signal.reason;
  }
  if (signal === undefined) return server;
  signal.addEventListener("abort", stop, { once: true });
  server.once("close", forget);
  return server;
}
