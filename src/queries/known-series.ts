import { formatBound } from "../model/bound.ts";
import { exposedName, type MetricType } from "../model/family.ts";
import type { MetricFamily } from "../model/metric-family.ts";

/** What samples of one name have. */
export interface KnownSamples {
  readonly family: string;
  readonly type: MetricType;
  /** How the samples are read: the value of a counter, or of its parts, says nothing without a rate. */
  readonly kind: "cumulative" | "value" | "bucket" | "native";
  /**
   * The values of each label. They are undefined where no series is there yet, so that nobody knows them.
   */
  readonly labels: ReadonlyMap<string, ReadonlySet<string> | undefined>;
}

/** What Prometheus itself adds to each target. */
const OF_TARGETS = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
  "ALERTS",
  "ALERTS_FOR_STATE",
];

/** The samples that can be queried, by their names. */
export class KnownSeries {
  readonly #samples = new Map<string, KnownSamples>();
  /** Of which neither type nor labels are known: what rules record, and what Prometheus adds. */
  readonly #others: ReadonlySet<string>;

  constructor(families: readonly MetricFamily[], recorded: Iterable<string>) {
    this.#others = new Set([...OF_TARGETS, ...recorded]);
    for (const family of families) this.#addFamily(family);
  }

  get(name: string): KnownSamples | undefined {
    return this.#samples.get(name);
  }

  isOther(name: string): boolean {
    return this.#others.has(name);
  }

  names(): string[] {
    return [...this.#samples.keys(), ...this.#others];
  }

  #addFamily(family: MetricFamily): void {
    const { name, type, samples, definition } = family;
    const exposed = exposedName(family);
    const own = type === "histogram" ? "le" : type === "summary" ? "quantile" : undefined;
    const byName = new Map<string, Map<string, Set<string> | undefined>>();
    for (const sample of samples) {
      if (sample.name.endsWith("_created") && sample.name !== name) continue;
      const labels = byName.get(sample.name) ?? new Map();
      byName.set(sample.name, labels);
      for (const [label, value] of Object.entries(sample.labels)) {
        labels.set(label, (labels.get(label) ?? new Set()).add(value));
      }
    }
    if (byName.size === 0 && definition !== undefined) {
      const labels = new Map(definition.labelNames.map((label) => [label, undefined]));
      const bounds = [...definition.buckets.map(formatBound), "+Inf"];
      for (const part of partsOf(type, exposed)) {
        const isOwn = part === `${exposed}_bucket` || (type === "summary" && part === exposed);
        const ownValues = type === "histogram" ? new Set(bounds) : undefined;
        const all: [string, Set<string> | undefined][] = isOwn ? [[own!, ownValues]] : [];
        byName.set(part, new Map([...labels, ...all]));
      }
    }
    for (const [sample, labels] of byName) {
      this.#samples.set(sample, {
        family: exposed,
        type,
        kind: kindOf(type, sample, exposed),
        labels,
      });
    }
    const isNative = definition?.isNative ?? samples.some(hasNative);
    if (type === "histogram" && isNative) {
      const labels = new Map(byName.get(`${exposed}_count`));
      this.#samples.set(exposed, { family: exposed, type, kind: "native", labels });
    }
  }
}

function hasNative({ composite }: MetricFamily["samples"][number]): boolean {
  return composite?.type === "histogram" && composite.native !== undefined;
}

function partsOf(type: MetricType, name: string): string[] {
  if (type === "histogram") return ["_bucket", "_count", "_sum"].map((suffix) => name + suffix);
  if (type === "summary") return [name, `${name}_count`, `${name}_sum`];
  return [name];
}

function kindOf(type: MetricType, sample: string, family: string): KnownSamples["kind"] {
  if (type === "counter") return "cumulative";
  if (type === "histogram") return sample === `${family}_bucket` ? "bucket" : "cumulative";
  if (type === "summary") return sample === family ? "value" : "cumulative";
  return "value";
}
