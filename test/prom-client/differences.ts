import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Client } from "./program.ts";

/** A difference from prom-client that is meant: a program, and what it gives with each client. */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** prom-client 15.1.3. */
  readonly before: string;
  /** @prometheus-io/client 0.16.1. */
  readonly successor: string;
  readonly here: string;
  /** Whether exact text has it as prom-client. */
  readonly inExactText?: true;
  run(client: Client, registry: Client): unknown;
}

export const differences: readonly Difference[] = [
  {
    what: 'The series of `{ a: "1,b:2" }` and `{ a: "1", b: "2" }`, and of `{ a: "x\\|", b: "y" }` and `{ a: "x", b: "\\|y" }`',
    why: "Different labels are different series.",
    before: "1 and 2",
    successor: "2 and 1",
    here: "2 and 2",
    run: async (client, registry) => {
      const sizes = [];
      for (const pair of [
        [{ a: "1,b:2" }, { a: "1", b: "2" }],
        [
          { a: "x|", b: "y" },
          { a: "x", b: "|y" },
        ],
      ]) {
        const counter = labelled(client.Counter, registry, `c${sizes.length}`);
        for (const labels of pair) counter.inc(labels);
        sizes.push((await counter.get()).values.length);
      }
      return sizes.join(" and ");
    },
  },
  {
    what: 'The series of `{ a: "x" }` and `{ a: "x", b: "" }`',
    why: "For Prometheus, an empty label is none: with two such series it refuses the page.",
    before: "2",
    successor: "1",
    here: "1",
    run: async (client, registry) => {
      const counter = labelled(client.Counter, registry);
      counter.inc({ a: "x" });
      counter.inc({ a: "x", b: "" });
      return (await counter.get()).values.length;
    },
  },
  {
    what: "`counter.inc(NaN)`",
    why: "The counter would be NaN for good.",
    before: "NaN",
    successor: "NaN",
    here: "TypeError: Value is not a valid number: NaN",
    run: async (client, registry) => {
      const counter = plain(client.Counter, registry);
      counter.inc(Number.NaN);
      return (await counter.get()).values[0].value;
    },
  },
  {
    what: "A gauge that is NaN, on the page",
    why: "The format says `NaN`.",
    before: "m Nan",
    successor: "m Nan",
    here: "m NaN",
    inExactText: true,
    run: async (client, registry) => {
      plain(client.Gauge, registry).set(Number.NaN);
      return lastLine(await registry.metrics());
    },
  },
  {
    what: "The bound 1 of a histogram in OpenMetrics",
    why: "OpenMetrics asks for a decimal point.",
    before: 'le="1"',
    successor: 'le="1"',
    here: 'le="1.0"',
    inExactText: true,
    run: async (client, registry) => {
      plain(client.Histogram, registry, { buckets: [1] });
      registry.setContentType(client.openMetricsContentType);
      return /le="[^"]*"/.exec(await registry.metrics())?.[0];
    },
  },
  {
    what: "The counter `m_total` in text, after one page in OpenMetrics",
    why: "A scrape must not rename metrics.",
    before: "m 0",
    successor: "m 0",
    here: "m_total 0",
    inExactText: true,
    run: async (client, registry) => {
      plain(client.Counter, registry, { name: "m_total" });
      registry.setContentType(client.openMetricsContentType);
      await registry.metrics();
      registry.setContentType(client.prometheusContentType);
      return lastLine(await registry.metrics());
    },
  },
  {
    what: '`getSingleMetricAsString("m_total")` in OpenMetrics',
    why: "It is one line of the page.",
    before: "m_total_total 0",
    successor: "m_total_total 0",
    here: "m_total 0",
    inExactText: true,
    run: async (client, registry) => {
      plain(client.Counter, registry, { name: "m_total" });
      registry.setContentType(client.openMetricsContentType);
      return lastLine(await registry.getSingleMetricAsString("m_total"));
    },
  },
  {
    what: "The counter `m_total` of several processes in OpenMetrics",
    why: "It has the name that it has on the page of one process.",
    before: "m_total_total 2",
    successor: "m_total_total 2",
    here: "m_total 2",
    inExactText: true,
    run: async (client, registry) => {
      plain(client.Counter, registry, { name: "m_total" }).inc();
      const json = await registry.getMetricsAsJSON();
      const both = [json, structuredClone(json)];
      const type = client.openMetricsContentType;
      const aggregated = client.AggregatorRegistry.aggregate(both, type);
      aggregated.exactText = registry.exactText;
      return (await aggregated.metrics()).split("\n").at(-3);
    },
  },
  {
    what: "The type of the counter `m` in OpenMetrics, on the page of `httpMetrics` and of `registry.narthex`",
    why: "It keeps its name, and OpenMetrics has no counters without `_total`. `register.metrics()` is as before.",
    before: "# TYPE m counter",
    successor: "# TYPE m counter",
    here: "# TYPE m unknown",
    run: async (client, registry) => {
      plain(client.Counter, registry);
      registry.setContentType(client.openMetricsContentType);
      const page = (await registry.narthex?.expose({ accept: "application/openmetrics-text" }))
        ?.body;
      return /# TYPE m .*/.exec(
        page ? new TextDecoder().decode(page) : await registry.metrics(),
      )?.[0];
    },
  },
  {
    what: "What `nodejs_gc_duration_seconds` counts of three collections at once",
    why: "Node.js tells of them together.",
    before: "the first",
    successor: "the first",
    here: "all",
    run: async (client, registry) => {
      client.collectDefaultMetrics({ register: registry });
      setFlagsFromString("--expose-gc");
      const collectGarbage = runInNewContext("gc");
      for (let i = 0; i < 3; i += 1) collectGarbage();
      const count = () => registry.getSingleMetric("nodejs_gc_duration_seconds").get();
      for (;;) {
        const { values } = await count();
        const major = values.find(isCountOf("kind", "major"));
        if (major !== undefined) return major.value < 3 ? "the first" : "all";
        await sleep(5);
      }
    },
  },
  {
    what: "The content type of what is pushed",
    why: "So native histograms, exemplars and created timestamps arrive.",
    before: "undefined",
    successor: "undefined",
    here: "application/vnd.google.protobuf",
    run: async (client, registry) => {
      const { headers } = await pushed(client, registry);
      return headers["content-type"]?.split(";")[0];
    },
  },
  {
    what: "The path of a push to `http://gateway/base/`",
    why: "The Pushgateway has nothing at the other one.",
    before: "/base//metrics/job/j",
    successor: "/base//metrics/job/j",
    here: "/base/metrics/job/j",
    run: async (client, registry) => (await pushed(client, registry, { path: "/base/" })).url,
  },
  {
    what: 'The path of a push with the grouping `{ a: "/x" }`',
    why: "The Pushgateway finds slashes only in base64.",
    before: "/metrics/job/j/a/%2Fx",
    successor: "/metrics/job/j/a/%2Fx",
    here: "/metrics/job/j/a@base64/L3g",
    run: async (client, registry) =>
      (await pushed(client, registry, { groupings: { a: "/x" } })).url,
  },
  {
    what: "A push while a `collect` fails",
    why: "The other metrics are pushed, as they are scraped from `httpMetrics`.",
    before: "Error: it fails",
    successor: "Error: it fails",
    here: "pushed",
    run: async (client, registry) => {
      plain(client.Gauge, registry, {
        collect() {
          throw new Error("it fails");
        },
      });
      await pushed(client, registry);
      return "pushed";
    },
  },
  {
    what: "A labels object that is changed after the update",
    why: "The update is over.",
    before: 'm{a="y"} 1',
    successor: 'm{a="y"} 1',
    here: 'm{a="x"} 1',
    run: async (client, registry) => {
      const labels = { a: "x" };
      labelled(client.Counter, registry).inc(labels);
      labels.a = "y";
      return lastLine(await registry.metrics());
    },
  },
  {
    what: "A label value that is no text: `['\"']`",
    why: "It could write lines of its own.",
    before: 'm{a="""} 1',
    successor: 'm{a="""} 1',
    here: 'm{a="\\""} 1',
    run: async (client, registry) => {
      labelled(client.Counter, registry).inc({ a: ['"'] });
      return lastLine(await registry.metrics());
    },
  },
  {
    what: "Buckets `[5, 1, 1, Infinity]` after `observe(0.5)`",
    why: "Bounds have to ascend, and `+Inf` is there by itself.",
    before: "5: 1, 1: 1, 1: 1, Infinity: 1, +Inf: 1",
    successor: "5: 1, 1: 1, 1: 1, Infinity: 1, +Inf: 1",
    here: "1: 1, 5: 1, +Inf: 1",
    run: async (client, registry) => {
      const buckets = [5, 1, 1, Number.POSITIVE_INFINITY];
      plain(client.Histogram, registry, { buckets }).observe(0.5);
      const lines = [...(await registry.metrics()).matchAll(/le="(.*)"} (\d+)/g)];
      return lines.map(([, le, count]) => `${le}: ${count}`).join(", ");
    },
  },
  {
    what: "Series after 3 label sets, with `limit: 1`",
    why: "Past the `limit`, 10,000 by default, label sets share the series `_other`, and still count.",
    before: "3",
    successor: "3",
    here: "2",
    run: async (client, registry) => {
      const counter = plain(client.Counter, registry, { labelNames: ["a"], limit: 1 });
      for (const a of ["x", "y", "z"]) counter.inc({ a });
      return (await counter.get()).values.length;
    },
  },
  {
    what: "The exemplar of `inc({ value: 0 })` after `inc({ value: 5 })`",
    why: "An exemplar has what was added.",
    before: "1",
    successor: "5",
    here: "0",
    inExactText: true,
    run: async (client, registry) => {
      const counter = withExemplars(client, registry);
      for (const value of [5, 0]) counter.inc({ value, exemplarLabels: { id: "x" } });
      return (await counter.get()).values[0].exemplar.value;
    },
  },
  {
    what: "The page after an exemplar whose labels are too long",
    why: "Prometheus would refuse the page.",
    before: "m_total 1 # {} +Inf undefined",
    successor: "m_total 1 # {} +Inf undefined",
    here: "m_total 1",
    inExactText: true,
    run: async (client, registry) => {
      const counter = withExemplars(client, registry);
      try {
        counter.inc({ exemplarLabels: { id: "x".repeat(200) } });
      } catch {}
      return (await registry.metrics()).split("\n").at(-3);
    },
  },
  {
    what: '`labels("x").inc(5)` with `enableExemplars`',
    why: "Handles update their own series.",
    before: "m_total 1",
    successor: "m_total 1",
    here: 'm_total{a="x"} 5',
    run: async (client, registry) => {
      withExemplars(client, registry, { labelNames: ["a"] })
        .labels("x")
        .inc(5);
      return (await registry.metrics()).split("\n").at(-3);
    },
  },
  {
    what: "The metric of a constructor that failed on the label `le`",
    why: "What failed leaves nothing behind.",
    before: "registered",
    successor: "registered",
    here: "not registered",
    run: (client, registry) => {
      try {
        plain(client.Histogram, registry, { labelNames: ["le"] });
      } catch {}
      return registry.getSingleMetric("m") ? "registered" : "not registered";
    },
  },
  {
    what: "A metric named `constructor`",
    why: "It is a name like any other.",
    before: "Error: A metric with the name constructor has already been registered.",
    successor: "constructor 0",
    here: "constructor 0",
    run: async (client, registry) => {
      plain(client.Counter, registry, { name: "constructor" });
      return lastLine(await registry.metrics());
    },
  },
  {
    what: 'Labels twice, or with two underscores: `["a", "a"]`, `["__a"]`',
    why: "Prometheus refuses the one, and drops the other.",
    before: "accepted",
    successor: "accepted",
    here: "NARTHEX_LABEL_NAME_INVALID",
    run: (client, registry) => {
      try {
        plain(client.Counter, registry, { labelNames: ["a", "a"] });
      } catch (error) {
        return (error as { code?: string }).code;
      }
      return "accepted";
    },
  },
  {
    what: "What `get()` of a metric has, after its registry gave JSON with default labels",
    why: "Default labels belong to the registry.",
    before: '{"app":"shop"}',
    successor: '{"app":"shop"}',
    here: "{}",
    run: async (client, registry) => {
      const counter = plain(client.Counter, registry);
      registry.setDefaultLabels({ app: "shop" });
      await registry.getMetricsAsJSON();
      return JSON.stringify((await counter.get()).values[0].labels);
    },
  },
  {
    what: "What `get()` has given, after another update",
    why: "It is a copy.",
    before: "1",
    successor: "1",
    here: "0",
    run: async (client, registry) => {
      const counter = plain(client.Counter, registry);
      const { values } = await counter.get();
      counter.inc();
      return values[0].value;
    },
  },
  {
    what: "A gauge that is set with `{ a, b }`, and then with `{ b, a }`",
    why: "A series keeps the labels of its first update.",
    before: 'm{b="y",a="x"} 2',
    successor: 'm{a="x",b="y"} 2',
    here: 'm{a="x",b="y"} 2',
    run: async (client, registry) => {
      const gauge = labelled(client.Gauge, registry);
      gauge.set({ a: "x", b: "y" }, 1);
      gauge.set({ b: "y", a: "x" }, 2);
      return lastLine(await registry.metrics());
    },
  },
  {
    what: "`histogram.zero({ nope: 1 })`",
    why: "It checks labels, as all other calls do.",
    before: "accepted",
    successor: "Error: Added label \"nope\" is not included in initial labelset: [ 'a', 'b' ]",
    here: "Error: Added label \"nope\" is not included in initial labelset: [ 'a', 'b' ]",
    run: (client, registry) => {
      labelled(client.Histogram, registry).zero({ nope: 1 });
      return "accepted";
    },
  },
  {
    what: "The series after `zero()` of the first of `x` and `y`",
    why: "It begins again.",
    before: "x, y",
    successor: "x, y",
    here: "y, x",
    run: async (client, registry) => {
      const histogram = plain(client.Histogram, registry, { labelNames: ["a"], buckets: [] });
      for (const a of ["x", "y"]) histogram.observe({ a }, 1);
      histogram.zero({ a: "x" });
      return [...(await registry.metrics()).matchAll(/_count{a="(.)"}/g)]
        .map(([, a]) => a)
        .join(", ");
    },
  },
  {
    what: "`remove()` of a metric without labels",
    why: "It has one series, always.",
    before: "# TYPE m counter",
    successor: "# TYPE m counter",
    here: "m 0",
    run: async (client, registry) => {
      const counter = plain(client.Counter, registry);
      counter.inc();
      counter.remove();
      return lastLine(await registry.metrics());
    },
  },
  {
    what: "`reset()` of a histogram without labels",
    why: "It is at zero, as other metrics are.",
    before: "# TYPE m histogram",
    successor: "# TYPE m histogram",
    here: "m_count 0",
    run: async (client, registry) => {
      const histogram = plain(client.Histogram, registry);
      histogram.observe(1);
      histogram.reset();
      return lastLine(await registry.metrics());
    },
  },
  {
    what: "The quantile 0.5 of 1, 2, 3 and 4",
    why: "The window slides in time, quantiles are of the rank ⌈φn⌉, and at most 0.8 % off.",
    before: "2.5",
    successor: "2.5",
    here: "2.015625",
    inExactText: true,
    run: async (client, registry) => {
      const summary = plain(client.Summary, registry, { percentiles: [0.5] });
      for (const value of [1, 2, 3, 4]) summary.observe(value);
      return (await summary.get()).values[0].value;
    },
  },
  {
    what: "The quantile 0.5 of a value that is 2 s old, with `maxAgeSeconds: 10, ageBuckets: 1`, 11 s after the start",
    why: "Its window slides with the time, whatever `ageBuckets` is.",
    before: "0",
    successor: "0",
    here: "4",
    inExactText: true,
    run: async (client, registry) => {
      const { now } = Date;
      let seconds = 1_700_000_000;
      Date.now = () => seconds * 1000;
      try {
        const config = { percentiles: [0.5], maxAgeSeconds: 10, ageBuckets: 1 };
        const summary = plain(client.Summary, registry, config);
        seconds += 9;
        summary.observe(4);
        seconds += 2;
        return Math.round((await summary.get()).values[0].value);
      } finally {
        Date.now = now;
      }
    },
  },
  {
    what: "The `labels` of the sum of a summary without labels, in JSON",
    why: "They are there for all samples.",
    before: "{}",
    successor: "undefined",
    here: "{}",
    run: async (client, registry) => {
      const { values } = await plain(client.Summary, registry, { percentiles: [] }).get();
      return JSON.stringify(values[0].labels);
    },
  },
  {
    what: "What `counter.inc()` returns",
    why: "It is declared as `void`.",
    before: "object",
    successor: "undefined",
    here: "undefined",
    run: (client, registry) => typeof plain(client.Counter, registry).inc(),
  },
  {
    what: "`MetricType.Counter` at run time",
    why: "What is declared is there.",
    before: "undefined",
    successor: "undefined",
    here: "counter",
    run: (client) => `${client.MetricType?.Counter}`,
  },
];

/** What a program of the table gives. */
export async function outcome(
  { run }: Difference,
  client: Client,
  exactText = false,
): Promise<string> {
  const registry = new client.Registry();
  registry.exactText = exactText;
  try {
    return `${await run(client, registry)}`;
  } catch (error) {
    return `${error}`;
  }
}

function plain(Type: Client, registry: Client, config: object = {}): Client {
  return new Type({ name: "m", help: "M.", registers: [registry], ...config });
}

function labelled(Type: Client, registry: Client, name = "m"): Client {
  return plain(Type, registry, { name, labelNames: ["a", "b"] });
}

function withExemplars(client: Client, registry: Client, config: object = {}): Client {
  registry.setContentType(client.openMetricsContentType);
  return plain(client.Counter, registry, { enableExemplars: true, ...config });
}

function isCountOf(name: string, value: string) {
  return ({ metricName, labels }: Client) =>
    metricName.endsWith("_count") && labels[name] === value;
}

/** What a gateway gets of a push. */
async function pushed(
  client: Client,
  registry: Client,
  { path = "", groupings = {} }: { path?: string; groupings?: object } = {},
): Promise<IncomingMessage> {
  let request!: IncomingMessage;
  const server = createServer((received, response) => {
    request = received;
    received.resume().on("end", () => response.end());
  });
  try {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const gateway = new client.Pushgateway(url, undefined, registry);
    await gateway.push({ jobName: "j", groupings });
    return request;
  } finally {
    server.close();
  }
}

function lastLine(page: string): string | undefined {
  return page.trimEnd().split("\n").at(-1);
}
