import { measureOutgoingByDefault } from "../http/outgoing/measure-outgoing.ts";
import { metrics } from "../registry/metrics.ts";
import { readSettings } from "./environment.ts";
import { findRoutes } from "./find-routes.ts";
import { measureServers } from "./measure-servers.ts";
import { MetricsPort } from "./metrics-port.ts";
import { attempt, say } from "./say.ts";
import { onChildProcess, onListening, onOwnMetric } from "./signs.ts";

/**
 * Instruments the process as the environment says. Until the process has something to show it takes no
 * port and writes nothing, because it may be a launcher of the application: `NODE_OPTIONS` reaches
 * both.
 */
export function start(): void {
  const settings = readSettings(process.env, say);
  if (settings.isDisabled) return;
  const { outgoing, conventions, constantLabels } = settings;
  if (Object.keys(constantLabels).length > 0) {
    attempt("no labels of NARTHEX_LABELS", () => metrics.setLabels(constantLabels));
  }
  const port = new MetricsPort(settings);
  attempt("no routes of requests", findRoutes);
  measureServers(settings);
  if (outgoing) {
    // As defaults: the application itself may still ask for other settings.
    const exclude = () => {
      port.noteRequest();
      return false;
    };
    attempt("no metrics of outgoing requests", () =>
      measureOutgoingByDefault({ conventions, exclude }),
    );
  }
  port.onKept(onListening(() => port.keep()));
  port.onKept(onOwnMetric(metrics, () => port.keep()));
  port.onKept(onChildProcess((child) => port.noteChild(child)));
}
