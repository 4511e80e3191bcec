import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { startClock } from "../metrics/timer.ts";
import type { Kit } from "./kit.ts";

export function eventLoopLag(kit: Kit): void {
  const { labels } = kit;
  const delay = monitorEventLoopDelay({
    resolution: kit.options.eventLoopMonitoringPrecision ?? 10,
  });
  delay.enable();
  const lag = kit.gauge("nodejs_eventloop_lag_seconds", "Lag of event loop in seconds.", {
    aggregator: "average",
    // Sets all of them.
    collect() {
      const elapsed = startClock();
      setImmediate(() => lag.set(labels, elapsed()));
      for (const [gauge, nanoseconds] of parts) gauge.set(labels, nanoseconds() / 1e9);
      delay.reset();
    },
  });
  const part = (name: string, help: string, aggregator: string, nanoseconds: () => number) => {
    const gauge = kit.gauge(`nodejs_eventloop_lag_${name}_seconds`, help, { aggregator });
    return [gauge, nanoseconds] as const;
  };
  const percentile = (n: number) =>
    part(`p${n}`, `The ${n}th percentile of the recorded event loop delays.`, "average", () =>
      delay.percentile(n),
    );
  const parts = [
    part("min", "The minimum recorded event loop delay.", "min", () => delay.min),
    part("max", "The maximum recorded event loop delay.", "max", () => delay.max),
    part("mean", "The mean of the recorded event loop delays.", "average", () => delay.mean),
    part(
      "stddev",
      "The standard deviation of the recorded event loop delays.",
      "average",
      () => delay.stddev,
    ),
    percentile(50),
    percentile(90),
    percentile(99),
  ];
}

const UTILIZATION_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1];
const UTILIZATION_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

/** Only of the successor. */
export function eventLoopUtilization(kit: Kit): void {
  const { classes, options } = kit;
  const help =
    "Ratio of time the event loop is not idling in the event provider to the total time the event loop is running.";
  const summary = new classes.Summary({
    ...kit.config("nodejs_eventloop_utilization_summary", help),
    maxAgeSeconds: options.eventLoopUtilizationMaxAgeSeconds ?? 60,
    ageBuckets: options.eventLoopUtilizationAgeBuckets ?? 5,
    percentiles: options.eventLoopUtilizationPercentiles ?? UTILIZATION_PERCENTILES,
  });
  const histogram = new classes.Histogram({
    ...kit.config("nodejs_eventloop_utilization_histogram", help),
    buckets: options.eventLoopUtilizationBuckets ?? UTILIZATION_BUCKETS,
  });
  const intervalMs = options.eventLoopUtilizationTimeout ?? 100;
  let last = performance.eventLoopUtilization();
  let elapsed = startClock();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    // An event loop that was blocked has missed intervals, each of which counts.
    const intervals = Math.round((elapsed() * 1000) / intervalMs);
    for (let i = 0; i < intervals; i += 1) {
      summary.observe(utilization);
      histogram.observe(utilization);
    }
    last = now;
    elapsed = startClock();
  }, intervalMs).unref();
}
