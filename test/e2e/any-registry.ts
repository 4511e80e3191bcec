import fc from "fast-check";
import { Registry } from "../../src/index.ts";
import { play, type RecordedFamily } from "../recording.ts";

const TYPES = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "info",
  "stateset",
  "gaugehistogram",
  "unknown",
] as const;

/** A family of any type and its updates, as plain data that a failed test can print. */
interface Plan {
  readonly type: (typeof TYPES)[number];
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly hasUnit: boolean;
  readonly bounds: readonly number[];
  readonly quantiles: readonly number[];
  readonly states: readonly string[];
  readonly updates: readonly Update[];
}

interface Update {
  readonly labelValues: readonly string[];
  /** The value for a gauge. */
  readonly number: number;
  /** The amount for everything that only grows. */
  readonly amount: number;
  readonly exemplar: Readonly<Record<string, string>> | undefined;
  /** In seconds, NaN for none; only for types without an instrument. */
  readonly timestamp: number;
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom(
    " # {",
    '"} 1',
    "\\",
    '\\"',
    "\\n",
    "\n# EOF",
    ',a="',
    "\r",
    "  ",
    "🗿".repeat(9),
  ),
);
const labelName = fc
  .oneof(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,4}$/), fc.constant("constructor"))
  .filter((name) => name !== "le" && name !== "quantile");
const amount = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e9, noNaN: true }));

/** Without quotes and closing braces, which Python's parser can't read in exemplars. */
const exemplar = fc.dictionary(
  labelName,
  text.map((value) => value.replaceAll(/["}]/g, "")),
  { maxKeys: 2, noNullPrototype: true },
);

function anyUpdate(labels: number): fc.Arbitrary<Update> {
  return fc.record({
    labelValues: fc.array(text, { minLength: labels, maxLength: labels }),
    number: fc.double(),
    amount,
    exemplar: fc.option(exemplar, { nil: undefined }),
    // In this range, seconds and nanoseconds add up to the same double that the text is parsed to.
    timestamp: fc.oneof(
      fc.constant(Number.NaN),
      fc.integer({ min: 1e12, max: 4e12 }).map((ms) => ms / 1000),
    ),
  });
}

function anyPlan(): fc.Arbitrary<Plan> {
  return fc.uniqueArray(labelName, { maxLength: 3 }).chain((labels) =>
    fc.record({
      type: fc.constantFrom(...TYPES),
      name: fc.stringMatching(/^[a-zA-Z0-9_:]{0,6}$/),
      help: text,
      labels: fc.constant(labels),
      hasUnit: fc.boolean(),
      bounds: fc
        .uniqueArray(fc.oneof(amount, fc.double({ min: -9, max: 9, noNaN: true })), {
          maxLength: 4,
          comparator: (a, b) => a === b,
        })
        .map((bounds) => bounds.sort((a, b) => a - b)),
      quantiles: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), {
        maxLength: 3,
        comparator: (a, b) => a === b,
      }),
      states: fc.uniqueArray(
        text.filter((state) => state !== ""),
        { minLength: 1, maxLength: 3 },
      ),
      updates: fc.array(anyUpdate(labels.length), { maxLength: 4 }),
    }),
  );
}

/** Arbitrary input for `registryOf`. */
export const anyPlans = (): fc.Arbitrary<Plan[]> => fc.array(anyPlan(), { maxLength: 8 });

/** @param prefix of the family names, so that several registries fit on one page */
export function registryOf(plans: readonly Plan[], prefix = "x"): Registry {
  const registry = new Registry({ labels: { prefix } });
  plans.forEach((plan, i) => {
    add(registry, { ...plan, name: `${prefix}_${plan.name}_${i}` });
  });
  return registry;
}

function add(registry: Registry, plan: Plan): void {
  const { type, help, labels, states, quantiles, updates } = plan;
  const unit = plan.hasUnit ? "seconds" : undefined;
  const name = unit === undefined ? plan.name : `${plan.name}_${unit}`;
  const options = { name, help, labels, ...(unit && { unit }) };
  switch (type) {
    case "counter": {
      const counter = registry.counter(options);
      for (const { amount, exemplar, ...update } of updates) {
        counter.labels(labelsOf(plan, update)).inc(amount, exemplar && { exemplar });
      }
      break;
    }
    case "gauge": {
      const gauge = registry.gauge(options);
      for (const update of updates) gauge.labels(labelsOf(plan, update)).set(update.number);
      break;
    }
    case "histogram": {
      const histogram = registry.histogram({ ...options, buckets: plan.bounds });
      for (const { amount, exemplar, ...update } of updates) {
        histogram.labels(labelsOf(plan, update)).observe(amount, exemplar && { exemplar });
      }
      break;
    }
    case "summary": {
      const summary = registry.summary({ ...options, quantiles });
      for (const update of updates) summary.labels(labelsOf(plan, update)).observe(update.amount);
      break;
    }
    case "info": {
      const info = registry.info({ name, help });
      for (const update of updates) info.set(labelsOf(plan, update));
      break;
    }
    case "stateset": {
      // Its name is also a label name, which can't contain a colon.
      const stateSetName = name.replaceAll(":", "_");
      const stateSet = registry.stateSet({ name: stateSetName, help, labels, states });
      updates.forEach((update, i) => {
        stateSet.labels(labelsOf(plan, update)).set(states[i % states.length]!, update.number > 0);
      });
      break;
    }
    default:
      registry.register(play([recorded(name, plan)]));
  }
}

const labelsOf = ({ labels }: Plan, { labelValues }: Pick<Update, "labelValues">) =>
  Object.fromEntries(labels.map((name, i) => [name, labelValues[i]!]));

/** A family of a type without an instrument; each series has the value of its last update. */
function recorded(name: string, plan: Plan): RecordedFamily {
  const series = plan.updates.map((update) => {
    const value = plan.type === "unknown" ? update.number : distribution(plan, update);
    const labels = Object.entries(labelsOf(plan, update));
    return { labels, created: Number.NaN, timestamp: update.timestamp, value };
  });
  const distinct = new Map(series.map((each) => [JSON.stringify(each.labels), each]));
  return { name, help: plan.help, type: plan.type, series: [...distinct.values()] };
}

function distribution({ bounds }: Plan, { amount }: Update) {
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map(
    (bound, i) => [bound, i, undefined] as const,
  );
  const count = buckets.reduce((sum, [, each]) => sum + each, 0);
  return { buckets, count, sum: amount, native: undefined };
}
