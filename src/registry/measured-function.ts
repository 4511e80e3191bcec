import { notAFunction, show, wrongArgument } from "../errors.ts";
import type { Counter, CounterOptions } from "../instruments/counter.ts";
import type { LabelValue } from "../instruments/definition/labels.ts";
import type { Gauge, GaugeOptions } from "../instruments/gauge.ts";
import type { Histogram, HistogramOptions } from "../instruments/histogram/histogram.ts";
import { runWork, type WorkEnd } from "../instruments/work.ts";
import { checkMetricName } from "../model/names.ts";
import { knownOptions, type OptionNames } from "../options.ts";
import { readLabels } from "../series/label-object.ts";

/** The options of `instrument`. */
export interface InstrumentOptions extends Pick<HistogramOptions<never>, "buckets" | "native"> {
  /** What the function does, for the help texts of its metrics; by default their name. */
  readonly help?: string | undefined;
  /**
   * Labels of the metrics, and their values for this function. Functions that share a name and label
   * names are series of the same metrics.
   */
  readonly labels?: Readonly<Record<string, LabelValue>> | undefined;
}

const OPTIONS: OptionNames<InstrumentOptions> = {
  help: true,
  labels: true,
  buckets: true,
  native: true,
};

/** A registry, as far as it defines what a function needs. */
interface Definer {
  counter(options: CounterOptions<string>): Counter<string>;
  gauge(options: GaugeOptions<string>): Gauge<string>;
  histogram(options: HistogramOptions<string>): Histogram<string>;
  find(name: string): object | undefined;
  unregister(name: string): boolean;
}

/** Any function, as TypeScript matches them. */
export type AnyFunction = (...args: never) => unknown;

/** A function that does the same as `work`, and is the same to all who look at it, but is measured. */
export function measuredFunction<F extends AnyFunction>(
  registry: Definer,
  name: string,
  work: F,
  options: InstrumentOptions,
): F {
  if (typeof name === "function") {
    const rule = 'give a name first, as in instrument("save_article", async () => { … })';
    throw wrongArgument("instrument()", "a function first", rule);
  }
  if (typeof work !== "function") throw notAFunction("instrument", name, work);
  const known = knownOptions(`instrument(${show(name)})`, options, OPTIONS);
  // Checked here, because the metrics of a registry that is not strict would take wrong ones in silence.
  checkMetricName(name);
  const { labels = {} } = known;
  readLabels(name, Object.keys(labels), labels);
  const begin = definedOrNot(registry, name, () => callMetrics(registry, name, known));
  return new Proxy(work, {
    apply(work, self, args) {
      const onEnd = begin();
      return runWork(() => Reflect.apply(work, self, args), onEnd);
    },
  });
}

/** Defines the metrics of a function, or none of them if one can't be defined. */
function definedOrNot<T>(registry: Definer, name: string, define: () => T): T {
  const added = ["calls", "duration_seconds", "in_progress"]
    .map((suffix) => `${name}_${suffix}`)
    .filter((metric) => registry.find(metric) === undefined);
  try {
    return define();
  } catch (error) {
    for (const metric of added) registry.unregister(metric);
    throw error;
  }
}

/** Defines the metrics of a function. Call the result when a call begins, and what that returns when it ends. */
function callMetrics(registry: Definer, name: string, options: InstrumentOptions) {
  const { help = name, labels = {}, buckets, native } = options;
  const labelNames = Object.keys(labels);
  const calls = registry.counter({
    name: `${name}_calls`,
    help: `${help}: calls, by their outcome.`,
    labels: [...labelNames, "outcome"],
  });
  const durations = registry.histogram({
    name: `${name}_duration_seconds`,
    help: `${help}: how long a call takes.`,
    labels: labelNames,
    buckets,
    native,
  });
  const running = registry.gauge({
    name: `${name}_in_progress`,
    help: `${help}: calls in progress.`,
    labels: labelNames,
  });
  const ok = calls.labels({ ...labels, outcome: "ok" });
  const failed = calls.labels({ ...labels, outcome: "error" });
  const duration = durations.labels(labels);
  const inProgress = running.labels(labels);
  return () => {
    inProgress.inc();
    const end = duration.startTimer();
    return (how: WorkEnd<unknown>) => {
      end();
      inProgress.dec();
      ("error" in how ? failed : ok).inc();
    };
  };
}
