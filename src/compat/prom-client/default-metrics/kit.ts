import type { Registrar } from "../behaviour.ts";
import type { Counter } from "../metrics/counter.ts";
import type { Gauge } from "../metrics/gauge.ts";
import type { Histogram } from "../metrics/histogram.ts";
import type { Summary } from "../metrics/summary.ts";

/** The classes of the client whose default metrics they are. */
export interface MetricClasses {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
  readonly Summary: typeof Summary;
}

/** The options of `collectDefaultMetrics`. */
export interface DefaultMetricsOptions {
  readonly register?: Registrar;
  readonly prefix?: string;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly enableExemplars?: boolean;
  readonly gcDurationBuckets?: readonly number[];
  readonly eventLoopMonitoringPrecision?: number;
  readonly eventLoopUtilizationTimeout?: number;
  readonly eventLoopUtilizationBuckets?: readonly number[];
  readonly eventLoopUtilizationPercentiles?: readonly number[];
  readonly eventLoopUtilizationAgeBuckets?: number;
  readonly eventLoopUtilizationMaxAgeSeconds?: number;
}

interface Details {
  readonly aggregator?: string;
  readonly labelNames?: readonly string[];
  collect?(this: Gauge): void;
}

/** Makes metrics with the prefix, labels and registry that a user asked for. */
export class Kit {
  readonly classes: MetricClasses;
  readonly options: DefaultMetricsOptions;
  readonly labels: Readonly<Record<string, unknown>>;

  constructor(classes: MetricClasses, options: DefaultMetricsOptions) {
    this.classes = classes;
    this.options = options;
    this.labels = options.labels || {};
  }

  gauge(name: string, help: string, details: Details = {}): Gauge {
    return new this.classes.Gauge({
      ...this.config(name, help, details.labelNames),
      ...rest(details),
    });
  }

  /** A gauge whose value is read before each page. */
  read(name: string, help: string, value: () => number | undefined, aggregator?: string): Gauge {
    const { labels } = this;
    return this.gauge(name, help, {
      ...(aggregator === undefined ? {} : { aggregator }),
      collect() {
        const now = value();
        if (now !== undefined) this.set(labels, now);
      },
    });
  }

  config(name: string, help: string, own: readonly string[] = []) {
    const { register, prefix } = this.options;
    return {
      name: (prefix || "") + name,
      help,
      labelNames: [...own, ...Object.keys(this.labels)],
      ...(register ? { registers: [register] } : {}),
    };
  }
}

function rest({ aggregator, collect }: Details) {
  return {
    ...(aggregator === undefined ? {} : { aggregator }),
    ...(collect === undefined ? {} : { collect }),
  };
}
