import fc from "fast-check";

/** A client of prom-client's API, as far as programs use it. */
// biome-ignore lint/suspicious/noExplicitAny: programs make mistakes that types would refuse.
export type Client = any;

/** A step of a program. */
type Step = readonly [name: keyof typeof STEPS, ...args: readonly unknown[]];

export interface Program {
  readonly contentType: "text" | "openmetrics";
  readonly defaultLabels: object;
  /** That of the metrics with labels. */
  readonly aggregator: string;
  /** The window of summaries. */
  readonly window: { readonly maxAgeSeconds?: number; readonly ageBuckets?: number };
  readonly steps: readonly Step[];
}

/** What a step gave: a result, or an error. */
export type Outcome =
  | { readonly result: unknown }
  | { readonly name: string; readonly error: string };

/** The clock of a program. */
export interface Clock {
  advance(milliseconds: number): void;
}

const value = fc.constantFrom<unknown>(0, 1, 2.5, 1e-7, 3e21, 0.1, -1, undefined);
const wrongValue = fc.constantFrom<unknown>("5", null, Number.POSITIVE_INFINITY, {}, []);
const anyValue = fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: wrongValue });
const labelValue = fc.constantFrom<unknown>("x", "y", 7, 'q"\n\\', "é");
/** Both labels mostly, in the order of their names, and sometimes one, none or an unknown one. */
const labels = fc.oneof(
  { weight: 8, arbitrary: fc.record({ a: labelValue, b: labelValue }) },
  { weight: 2, arbitrary: fc.record({ a: labelValue }) },
  { weight: 1, arbitrary: fc.constantFrom({}, { a: "x", nope: 1 }) },
);
const anyOrder = fc.oneof(
  labels,
  fc.tuple(labelValue, labelValue).map(([a, b]) => ({ b, a })),
);
const positions = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(labelValue, labelValue) },
  { weight: 1, arbitrary: fc.array(labelValue, { maxLength: 3 }) },
);
const place = fc.nat(3);
const exemplar = fc.constantFrom<unknown>(
  undefined,
  { trace_id: "abc" },
  { trace_id: "x".repeat(200) },
);

const LABELLED = ["counter", "gauge", "histogram", "summary"] as const;
type Kind = (typeof LABELLED)[number];
const kind = fc.constantFrom(...LABELLED);
/** The update that a metric of each type has. */
const UPDATE = { counter: "inc", gauge: "set", histogram: "observe", summary: "observe" } as const;

interface State {
  readonly client: Client;
  readonly registry: Client;
  readonly metrics: Readonly<Record<string, Client>>;
  readonly held: Client[];
  readonly timers: ((labels?: object) => number)[];
  readonly clock: Clock;
  readonly hasDefaults: boolean;
  readings: number;
  fails: boolean;
}

/** What programs can do. */
const STEPS = {
  update: ({ metrics }: State, kind: Kind, labels: object, value: unknown) => {
    metrics[kind][UPDATE[kind]](kind === "counter" ? labels : inOrder(labels), value);
  },
  updatePlain: ({ metrics }: State, kind: Kind, value: unknown) => {
    metrics[`${kind}_plain`][UPDATE[kind]](value);
  },
  incGauge: ({ metrics }: State, labels: object, value: unknown) =>
    metrics.gauge.inc(inOrder(labels), value),
  decGauge: ({ metrics }: State, labels: object, value: unknown) =>
    metrics.gauge.dec(inOrder(labels), value),
  now: ({ metrics }: State, labels: object) => metrics.gauge.setToCurrentTime(inOrder(labels)),
  hold: ({ metrics, held }: State, kind: Kind, place: number, positions: unknown[]) => {
    held[place] = [metrics[kind].labels(...positions), UPDATE[kind]];
  },
  holdByObject: ({ metrics, held }: State, kind: Kind, place: number, labels: object) => {
    held[place] = [metrics[kind].labels(inOrder(labels)), UPDATE[kind]];
  },
  updateHeld: ({ held }: State, place: number, value: unknown) => {
    const [series, update] = held[place] ?? [];
    series?.[update](value);
  },
  remove: ({ metrics }: State, kind: Kind, positions: unknown[]) =>
    metrics[kind].remove(...positions),
  removeByObject: ({ metrics }: State, kind: Kind, labels: object) => metrics[kind].remove(labels),
  reset: ({ metrics }: State, name: string) => metrics[name].reset(),
  zero: ({ metrics }: State, a: unknown, b: unknown) => {
    // Otherwise its place among the others differs.
    metrics.histogram.remove(a, b);
    metrics.histogram.zero({ a, b });
  },
  startTimer: ({ metrics, timers }: State, kind: Kind, place: number, labels: object) => {
    timers[place] = metrics[kind].startTimer?.(labels);
  },
  advance: ({ clock }: State, milliseconds: number) => clock.advance(milliseconds),
  stopTimer: ({ timers }: State, place: number, labels: object | undefined) =>
    timers[place]?.(labels),
  exemplar: ({ metrics }: State, value: number, labels: object, exemplarLabels: unknown) =>
    metrics.exemplars?.inc({ labels, value, exemplarLabels }),
  observeExemplar: ({ metrics }: State, value: number, labels: object, exemplarLabels: unknown) =>
    metrics.observed?.observe({ labels, value, exemplarLabels }),
  /** So many values that prom-client's digests begin to merge them. */
  observeMany: ({ metrics }: State, name: string, seed: number) => {
    const labels = name === "summary" ? [{ a: "x", b: "y" }] : [];
    for (let i = 0, x = seed; i < 250; i += 1, x = (x * 16_807) % 2_147_483_647) {
      metrics[name].observe(...labels, x / 1000);
    }
  },
  fail: (state: State, fails: boolean) => {
    state.fails = fails;
  },
  metrics: ({ registry }: State) => registry.metrics(),
  json: ({ registry }: State) => registry.getMetricsAsJSON(),
  get: ({ metrics, hasDefaults }: State, name: string) =>
    hasDefaults ? undefined : metrics[name].get(),
  single: ({ registry }: State, name: string) => registry.getSingleMetricAsString(name),
  unregister: ({ registry }: State, name: string) => registry.removeSingleMetric(name),
  register: ({ registry, metrics }: State, name: string) => registry.registerMetric(metrics[name]),
  resetMetrics: ({ registry }: State) => registry.resetMetrics(),
  merged: ({ client, registry, hasDefaults }: State) => {
    if (hasDefaults) return undefined; // JSON writes them into prom-client's series.
    const other = new client.Registry(registry.contentType);
    new client.Counter({ name: "other", help: "Other.", registers: [other] }).inc(3);
    return client.Registry.merge([registry, other]).metrics();
  },
  aggregated: async ({ client, registry }: State) => {
    // As copies, here and below: prom-client's objects change with the metrics.
    const json = async () => structuredClone(await registry.getMetricsAsJSON());
    const other = await json();
    for (const { values } of other) for (const sample of values) sample.value = 3 - sample.value;
    const all = [await json(), other];
    const aggregated = client.AggregatorRegistry.aggregate(all);
    aggregated.exactText = registry.exactText;
    return aggregated.metrics();
  },
  define: ({ client, registry }: State, type: string, config: object | undefined) => {
    new client[type](config && { registers: [registry], ...config });
  },
  contentType: ({ registry }: State, contentType: string) => registry.setContentType(contentType),
  lookup: ({ registry }: State, name: string) => registry.getSingleMetric(name)?.type,
};

const names = [...LABELLED, ...LABELLED.map((type) => `${type}_plain`)];
const name = fc.constantFrom(...names);
/** What prom-client's own histogram loses at a reset, is one of the differences. */
const resettable = fc.constantFrom(...names.filter((name) => name !== "histogram_plain"));
const definition = fc.oneof(
  fc.constantFrom<object | undefined>(
    undefined,
    { name: "counter", help: "Taken." },
    { name: "fine", help: "" },
    { help: "No name." },
    { name: "a-b", help: "Bad name." },
    { name: "fine", help: "Bad label.", labelNames: ["a-b"] },
    { name: "fine", help: "No function.", collect: 5 },
  ),
  fc.record({ name: fc.constantFrom("one", "two_total"), help: fc.constant('A "new"\\\none.') }),
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant("update" as const), kind, anyOrder, anyValue) },
  { weight: 4, arbitrary: fc.tuple(fc.constant("updatePlain" as const), kind, anyValue) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("incGauge" as const), labels, anyValue) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("decGauge" as const), labels, anyValue) },
  fc.tuple(fc.constant("now" as const), labels),
  { weight: 4, arbitrary: fc.tuple(fc.constant("hold" as const), kind, place, positions) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("holdByObject" as const), kind, place, labels) },
  { weight: 6, arbitrary: fc.tuple(fc.constant("updateHeld" as const), place, anyValue) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("remove" as const), kind, positions) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("removeByObject" as const), kind, labels) },
  fc.tuple(fc.constant("reset" as const), resettable),
  fc.tuple(fc.constant("zero" as const), labelValue, labelValue),
  { weight: 2, arbitrary: fc.tuple(fc.constant("startTimer" as const), kind, place, labels) },
  fc.tuple(fc.constant("advance" as const), fc.constantFrom(1, 250, 1234.5)),
  { weight: 2, arbitrary: fc.tuple(fc.constant("stopTimer" as const), place, labels) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("exemplar" as const),
      fc.constantFrom(1, 2.5),
      labels,
      exemplar,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("observeExemplar" as const),
      fc.constantFrom(0.1, 2.5, 70),
      labels,
      exemplar,
    ),
  },
  fc.tuple(
    fc.constant("observeMany" as const),
    fc.constantFrom("summary", "summary_plain"),
    fc.integer({ min: 1, max: 1000 }),
  ),
  fc.tuple(fc.constant("fail" as const), fc.boolean()),
  { weight: 4, arbitrary: fc.constant(["metrics"] as const) },
  { weight: 2, arbitrary: fc.constant(["json"] as const) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("get" as const), name) },
  fc.tuple(fc.constant("single" as const), name),
  fc.tuple(fc.constant("unregister" as const), name),
  fc.tuple(fc.constant("register" as const), name),
  fc.constant(["merged"] as const),
  fc.constant(["aggregated"] as const),
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("define" as const),
      fc.constantFrom("Counter", "Gauge", "Histogram", "Summary"),
      definition,
    ),
  },
  fc.tuple(fc.constant("contentType" as const), fc.constantFrom("text/html", undefined)),
  fc.tuple(fc.constant("lookup" as const), name),
);

export const programs: fc.Arbitrary<Program> = fc.record({
  contentType: fc.constantFrom("text" as const, "openmetrics" as const),
  defaultLabels: fc.constantFrom({}, { app: "shop" }, { app: "shop", a: "default" }),
  aggregator: fc.constantFrom("sum", "first", "min", "max", "average", "omit", "none of them"),
  window: fc.constantFrom({}, { maxAgeSeconds: 1, ageBuckets: 3 }),
  steps: fc.array(steps, { minLength: 5, maxLength: 40 }),
});

/** Runs a program with a client, and gives what each step gave, and the page and JSON at the end. */
export async function run(client: Client, program: Program, clock: Clock): Promise<Outcome[]> {
  const contentType =
    program.contentType === "text" ? client.prometheusContentType : client.openMetricsContentType;
  const registry = new client.Registry(contentType);
  registry.setDefaultLabels(program.defaultLabels);
  const state: State = {
    client,
    registry,
    metrics: define(client, registry, program, () => state),
    held: [],
    timers: [],
    clock,
    hasDefaults: Object.keys(program.defaultLabels).length > 0,
    readings: 0,
    fails: false,
  };
  const outcomes: Outcome[] = [];
  for (const [name, ...args] of [...program.steps, ["fail", false], ["metrics"], ["json"]]) {
    const step = STEPS[name as keyof typeof STEPS] as (...args: unknown[]) => unknown;
    try {
      const result = await step(state, ...args);
      outcomes.push({ result: typeof result === "object" ? structuredClone(result) : result });
    } catch (error) {
      const { name, message } = error as Error;
      outcomes.push({ name, error: message });
    }
  }
  return outcomes;
}

function define(
  client: Client,
  registry: Client,
  { aggregator, window }: Program,
  state: () => State,
): Record<string, Client> {
  const metrics: Record<string, Client> = {};
  for (const type of LABELLED) {
    const Type = client[type[0]!.toUpperCase() + type.slice(1)];
    const ofSummaries = { percentiles: [0.5, 1], compressCount: 100, ...window };
    const rest = { registers: [registry], buckets: [0.1, 1, 5], ...ofSummaries };
    const labelNames = ["a", "b"];
    metrics[type] = new Type({ name: type, help: `A ${type}.`, labelNames, aggregator, ...rest });
    metrics[`${type}_plain`] = new Type({ name: `${type}_plain`, help: "Has no labels.", ...rest });
  }
  metrics.read = new client.Gauge({
    name: "read",
    help: "Is read.",
    registers: [registry],
    collect() {
      if (state().fails) throw new Error("it fails");
      state().readings += 1;
      this.set(state().readings);
    },
  });
  metrics.read_later = new client.Counter({
    name: "read_later_total",
    help: "Is read later.",
    registers: [registry],
    labelNames: ["a"],
    async collect() {
      await undefined;
      this.inc({ a: 1 }, 2);
    },
  });
  if (registry.contentType !== client.prometheusContentType) {
    const rest = { registers: [registry], labelNames: ["a", "b"], enableExemplars: true };
    metrics.exemplars = new client.Counter({ name: "exemplars", help: "Exemplars.", ...rest });
    const buckets = [1, 5];
    metrics.observed = new client.Histogram({ name: "observed", help: "Them.", buckets, ...rest });
  }
  return metrics;
}

/** An object of its own, because prom-client keeps the objects that it gets. */
function inOrder(labels: object): object {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
