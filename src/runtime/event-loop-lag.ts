import { type IntervalHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { invalidOption } from "../errors.ts";
import { oncePerScrape } from "./once-per-scrape.ts";
import type { RuntimeFamilies } from "./runtime-families.ts";
import type { RuntimeSettings } from "./runtime-options.ts";

const STATISTICS = {
  min: "Shortest",
  max: "Longest",
  mean: "Mean",
  stddev: "Standard deviation of the",
  p50: "Median",
  p90: "90th percentile of the",
  p99: "99th percentile of the",
} as const;

type Statistics = { readonly [Statistic in keyof typeof STATISTICS]: number };

export function collectEventLoopLag(
  families: RuntimeFamilies,
  { eventLoopPrecisionMs }: RuntimeSettings,
): void {
  families.gauge({
    name: "nodejs_eventloop_lag_seconds",
    help: "How long one turn of the event loop took during the scrape, in seconds.",
    collect: turn,
  });
  const window = oncePerScrape(monitorLag(families, eventLoopPrecisionMs));
  for (const [statistic, title] of Object.entries(STATISTICS)) {
    families.gauge({
      name: `nodejs_eventloop_lag_${statistic}_seconds`,
      help: `${title} delay of a timer since the scrape before the last, in seconds.`,
      collect: (scrape) => window(scrape)?.[statistic as keyof Statistics],
    });
  }
}

/** The scrape's own work is done after the first immediate: only then the clock starts. */
async function turn(): Promise<number> {
  await setImmediate();
  const start = performance.now();
  await setImmediate();
  return (performance.now() - start) / 1000;
}

/**
 * Two monitors, of which each is read, and begun anew, at every other scrape. A monitor misses the
 * first delay after its reset, which the other then has; and where two Prometheus servers scrape in
 * turn, neither takes what the other has not seen.
 */
function monitorLag(families: RuntimeFamilies, precisionMs: number): () => Statistics | undefined {
  if (!(Number.isInteger(precisionMs) && precisionMs > 0)) {
    throw invalidOption(
      "nodejs_eventloop_lag_seconds",
      "eventLoopPrecisionMs",
      precisionMs,
      "use a whole number of milliseconds from 1",
    );
  }
  let [older, newer] = [precisionMs, precisionMs].map((resolution) => {
    const monitor = monitorEventLoopDelay({ resolution });
    monitor.enable();
    families.onStop(() => monitor.disable());
    return monitor;
  }) as [IntervalHistogram, IntervalHistogram];
  return () => {
    // Without a sample the gauges keep what they have, zero at first.
    const statistics = older.count > 0 ? read(older, precisionMs) : undefined;
    older.reset();
    [older, newer] = [newer, older];
    return statistics;
  };
}

/** A monitor's values are nanoseconds from one sample to the next: the lag is what is over. */
function read(monitor: IntervalHistogram, precisionMs: number): Statistics {
  const lag = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - precisionMs / 1e3);
  return {
    min: lag(monitor.min),
    max: lag(monitor.max),
    mean: lag(monitor.mean),
    stddev: monitor.stddev / 1e9,
    p50: lag(monitor.percentile(50)),
    p90: lag(monitor.percentile(90)),
    p99: lag(monitor.percentile(99)),
  };
}
