import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server, Socket } from "node:net";
import type { MeasuringOptions } from "../http/options.ts";
import { isMetricsServer } from "../http/page/server.ts";
import { HttpRecorder, recorderOf } from "../http/record/recorder.ts";
import { servers, servesHttp } from "../http/server/servers.ts";
import { metrics } from "../registry/metrics.ts";
import { attempt } from "./say.ts";

/**
 * Measures the requests of all servers, beginning with the first connection to any of them. What the
 * application sets up before that takes precedence: metrics of the same names, or request metrics
 * with other options.
 */
export function measureServers(options: MeasuringOptions): void {
  servers();
  subscribe("net.server.socket", function begin(message) {
    const { server } = (message as { socket: Socket & { server?: Server } }).socket;
    if (server === undefined || !servesHttp(server) || isMetricsServer(server)) return;
    unsubscribe("net.server.socket", begin);
    attempt("no metrics of requests", () =>
      servers().watchAll({ recorder: recorderOf(metrics) ?? new HttpRecorder(options) }),
    );
  });
}
