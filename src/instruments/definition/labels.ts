import type { MetricSource } from "../../model/sample-sink.ts";

/** A value that a label can have; numbers and booleans become text. */
export type LabelValue = string | number | boolean;

/** The labels of a metric as its type has them: their names, or their names with the values they take. */
export type LabelTypes = string | Readonly<Record<string, LabelValue>>;

/** The names of a metric's labels. */
export type LabelName<L extends LabelTypes> = L extends string ? L : keyof L & string;

/** A label set: one value for each of the metric's labels. */
export type Labels<L extends LabelTypes> = SomeLabels<L, LabelName<L>>;

/** A label set that has only some of the metric's labels. */
export type SomeLabels<L extends LabelTypes, Names extends LabelName<L>> = {
  readonly [Name in Names]: [L] extends [string]
    ? LabelValue
    : Name extends keyof L
      ? L[Name]
      : never;
};

/** The labels of a metric without some of them. */
export type OtherLabels<L extends LabelTypes, Names extends string> = L extends string
  ? Exclude<L, Names>
  : { readonly [Name in Exclude<keyof L, Names>]: L[Name] };

/**
 * The option `labels` as a type: names, or an object of names with their values; undefined where a metric
 * has none.
 */
export type DeclaredLabels =
  | string
  | Readonly<Record<string, readonly string[] | StringConstructor>>
  | undefined;

/**
 * The labels of a metric that was declared with these. Where TypeScript knows no names, as of a `Record`, it
 * infers all that can be declared, and the metric takes any labels.
 */
export type TypesOf<D extends DeclaredLabels> = [DeclaredLabels] extends [D]
  ? string
  : D extends string
    ? D
    : D extends undefined
      ? never
      : {
          // Without `infer`, so that TypeScript finds the types of both forms of the package alike.
          readonly [Name in keyof D]: Exclude<D[Name], undefined> extends readonly string[]
            ? Exclude<D[Name], undefined>[number]
            : LabelValue;
        };

/**
 * What every metric has: it is a source of samples, so another registry can expose it too
 * (`registry.register(metric)`), and a sink of your own can read its values.
 */
interface AnyFamily extends Pick<MetricSource, "visit"> {
  /** How many series the metric has now. */
  readonly size: number;
}

/** The methods that every metric with labels has besides its updates. */
export interface LabelledFamily<L extends LabelTypes, Series> extends AnyFamily {
  /**
   * The series of a label set, which is on the page from now on. Keep it if speed matters: its updates
   * need no lookup. If the labels are wrong, updates of the series are wrong.
   * @throws NarthexError only in a strict registry: `NARTHEX_LABELS_MISMATCH` if these are not exactly the
   * metric's labels; `NARTHEX_LABEL_VALUE_INVALID` if a value is not a string, number or boolean
   *
   * @example
   * const news = posted.labels({ category: "news" });
   * news.inc();
   */
  labels(labels: Labels<L>): Series;
  /**
   * Removes the series of a label set; returns whether there was one. Where all labels are closed, the
   * series stays, and begins again at zero.
   *
   * @example
   * posted.remove({ category: "news" });
   */
  remove(labels: Labels<L>): boolean;
  /**
   * Removes all series. Updates of series that are held go nowhere from then on. Where all labels are
   * closed, the series stay, as with `reset`.
   *
   * @example
   * posted.clear();
   */
  clear(): void;
  /**
   * Sets all series to zero, and keeps them. They begin now, and series that are held go on counting.
   *
   * @example
   * const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
   * orders.reset(); // before a test, so that it begins at zero
   */
  reset(): void;
}

/** The methods that every metric without labels has besides its updates. */
export interface PlainFamily<Series> extends AnyFamily {
  /** The only series of the metric, for code that treats all metrics alike. */
  labels(labels?: Readonly<Record<string, never>>): Series;
  /** Resets the metric to zero. */
  remove(): boolean;
  /**
   * Resets the metric to zero.
   *
   * @example
   * const size = metrics.gauge({ name: "cache_bytes", help: "Size of the cache." });
   * size.set(2048);
   * size.clear();
   */
  clear(): void;
  /** Resets the metric to zero. */
  reset(): void;
}
