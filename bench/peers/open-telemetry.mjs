import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

/** @import { Peer, PeerRegistry } from "./peers.mjs" */

const description = "What is measured.";
/** The default of 2,000 is less than some rows need. */
const aggregationCardinalityLimit = 1_000_000;

/**
 * OpenTelemetry has no series to hold: a held series passes the same attributes object at each call.
 *
 * @type {Peer}
 */
export const openTelemetry = {
  name: "OpenTelemetry",
  packages: ["@opentelemetry/sdk-metrics", "@opentelemetry/exporter-prometheus"],
  formats: ["text"],

  open() {
    const exporter = new PrometheusExporter({ preventServerStart: true });
    const provider = new MeterProvider({
      readers: [exporter],
      views: [{ instrumentName: "*", aggregationCardinalityLimit }],
    });
    const meter = provider.getMeter("bench");
    // Leaves out what the others do not write: timestamps, target_info and labels of the scope.
    const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
    /** @type {PeerRegistry} */
    const opened = {
      counter(name) {
        const counter = meter.createCounter(name, { description });
        return {
          inc: (labels, value = 1) => counter.add(value, labels),
          labels: (labels) => ({ inc: (value = 1) => counter.add(value, labels) }),
        };
      },
      gauge(name) {
        const gauge = meter.createGauge(name, { description });
        return {
          set: (labels, value) => gauge.record(value, labels),
          labels: (labels) => ({ set: (value) => gauge.record(value, labels) }),
        };
      },
      histogram(name, _labelNames, bounds) {
        const advice = { explicitBucketBoundaries: bounds };
        const histogram = meter.createHistogram(name, { description, advice });
        return {
          observe: (labels, value) => histogram.record(Number(value), labels),
          labels: (labels) => ({ observe: (value) => histogram.record(Number(value), labels) }),
        };
      },
      async page() {
        const { resourceMetrics, errors } = await exporter.collect();
        if (errors.length > 0) throw errors[0];
        return serializer.serialize(resourceMetrics);
      },
    };
    return opened;
  },
};
