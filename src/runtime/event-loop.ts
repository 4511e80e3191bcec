import { type IntervalHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import type { RuntimeFamilies } from "./families.ts";
import { oncePerScrape } from "./once-per-scrape.ts";
import type { RuntimeSettings } from "./options.ts";

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

export function collectEventLoop(families: RuntimeFamilies, settings: RuntimeSettings): void {
  collectLag(families, settings);
  collectUtilization(families);
}

function collectLag(families: RuntimeFamilies, { eventLoopPrecisionMs }: RuntimeSettings): void {
  families.gauge({
    name: "nodejs_eventloop_lag_seconds",
    help: "How long one turn of the event loop took during the scrape, in seconds.",
    aggregate: "max",
    collect: turn,
  });
  const window = oncePerScrape(monitorLag(families, eventLoopPrecisionMs));
  for (const [statistic, title] of Object.entries(STATISTICS)) {
    families.gauge({
      name: `nodejs_eventloop_lag_${statistic}_seconds`,
      help: `${title} delay of a timer since the scrape before the last, in seconds.`,
      aggregate: "max",
      collect: () => window()?.[statistic as keyof Statistics],
    });
  }
}

/** The seconds of one turn, measured after a first immediate, when the scrape's own work is done. */
async function turn(): Promise<number> {
  await setImmediate();
  const start = performance.now();
  await setImmediate();
  return (performance.now() - start) / 1000;
}

/**
 * Scrapes read and reset two monitors in turn. A monitor misses the first delay after its reset, but
 * the other one has it; and where two Prometheus servers scrape in turn, both see every delay.
 */
function monitorLag(families: RuntimeFamilies, precisionMs: number): () => Statistics | undefined {
  let [older, newer] = [precisionMs, precisionMs].map((resolution) => {
    const monitor = monitorEventLoopDelay({ resolution });
    monitor.enable();
    families.onStop(() => monitor.disable());
    return monitor;
  }) as [IntervalHistogram, IntervalHistogram];
  return () => {
    // Without a sample the gauges keep their values, which are zero at first.
    const statistics = older.count > 0 ? read(older, precisionMs) : undefined;
    older.reset();
    [older, newer] = [newer, older];
    return statistics;
  };
}

/** A monitor records the nanoseconds between samples: the lag is what exceeds the interval. */
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

function collectUtilization(families: RuntimeFamilies): void {
  let last = performance.eventLoopUtilization();
  families.gauge({
    name: "nodejs_eventloop_utilization",
    help: "Share of the time since the last scrape in which the event loop had work, from 0 to 1.",
    aggregate: "max",
    collect: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  });
}
