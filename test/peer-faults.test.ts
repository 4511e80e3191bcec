import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { NarthexError, Registry } from "../src/index.ts";
import { parseTextPage, type TextPage } from "./text-page.ts";
import { thrown } from "./thrown.ts";

// Faults that we reproduced in other JavaScript clients, numbered. Numbers are missing where this
// package does not have the part in question yet.

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

describe("1: distinct label sets merge", () => {
  test.each([
    [
      { a: "1,b:2", b: "" },
      { a: "1", b: "2" },
    ],
    [
      { a: "x|", b: "y" },
      { a: "x", b: "|y" },
    ],
    [
      { a: '1","b":"2', b: "" },
      { a: "1", b: "2" },
    ],
    [
      { a: "", b: "x" },
      { a: "x", b: "" },
    ],
    [
      { a: "x\u0000", b: "y" },
      { a: "x", b: "\u0000y" },
    ],
  ])("%j and %j are two series", async (first, second) => {
    const counter = registry.counter({ name: "c", help: "", labels: ["a", "b"] });
    const histogram = registry.histogram({ name: "h", help: "", labels: ["a", "b"] });
    counter.inc(first);
    counter.inc(second, 2);
    histogram.labels(first).observe(1);
    histogram.labels(second).observe(2);
    const { value } = await page();
    expect([value("c_total", first), value("c_total", second)]).toEqual([1, 2]);
    expect([value("h_sum", first), value("h_sum", second)]).toEqual([1, 2]);
  });
});

describe("2: NaN", () => {
  test("does not get into a counter, which goes on counting", async () => {
    const counter = registry.counter({ name: "c", help: "" });
    counter.inc(2);
    const error = thrown(() => counter.inc(Number.NaN));
    expect(error.code).toBe("NARTHEX_VALUE_INVALID");
    expect(error.message).toContain("NaN");
    counter.inc(3);
    expect((await page()).value("c_total")).toBe(5);
  });

  test("is written as NaN", async () => {
    registry.gauge({ name: "g", help: "" }).set(Number.NaN);
    expect(await registry.text()).toContain("\ng NaN\n");
  });
});

test("3: a label object that the caller changes later changes no series", async () => {
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  const labels = { a: "x" };
  counter.inc(labels);
  const held = counter.labels(labels);
  labels.a = "y";
  held.inc();
  counter.inc(labels);
  labels.a = "x";
  counter.inc(labels);
  const { samples, value } = await page();
  expect(samples).toHaveLength(2);
  expect([value("c_total", { a: "x" }), value("c_total", { a: "y" })]).toEqual([3, 1]);
});

describe("4: a label value injects lines into the page", () => {
  test.each([
    [['x"} 1\nevil 2']],
    [{ toString: (): string => 'x"} 1\nevil 2' }],
    [null],
    [undefined],
  ])("%j is refused", async (value) => {
    const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
    const labels = { a: value } as unknown as { a: string };
    expect(thrown(() => counter.inc(labels)).code).toBe("NARTHEX_LABEL_VALUE_INVALID");
    expect(thrown(() => counter.labels(labels)).code).toBe("NARTHEX_LABEL_VALUE_INVALID");
    expect((await page()).samples).toEqual([]);
  });

  test("as text it is one value of one series, and so it is in a help and a constant label", async () => {
    const evil = 'x"} 1\nevil 2\n# TYPE evil counter\n\\';
    registry = new Registry({ labels: { constant: evil } });
    registry.counter({ name: "c", help: evil, labels: ["a"] }).inc({ a: evil });
    const { families, samples } = await page();
    expect([...families.keys()]).toEqual(["c_total"]);
    expect(families.get("c_total")?.help).toBe(evil);
    expect(samples).toMatchObject([{ name: "c_total", labels: { constant: evil, a: evil } }]);
  });
});

test("5: a scrape in one format leaves no trace in later ones of another", async () => {
  registry.counter({ name: "requests_total", help: "Requests." }).inc(3);
  registry.histogram({ name: "h", help: "" }).observe(1);
  const before = await registry.text();
  for (const accept of [
    "application/openmetrics-text; version=1.0.0",
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    "text/plain; version=1.0.0; escaping=allow-utf-8",
  ]) {
    await registry.expose({ accept });
    expect(await registry.text()).toBe(before);
  }
  expect(before).toContain("\nrequests_total 3\n");
});

describe("6: wrong buckets", () => {
  test.each([
    [[3, 1, 2]],
    [[1, 1, 2]],
    [[1, Number.POSITIVE_INFINITY]],
    [[Number.NEGATIVE_INFINITY, 1]],
    [[1, Number.NaN, 2]],
    [["1", "2"] as unknown as number[]],
  ])("%j are refused, and nothing is registered", async (buckets) => {
    const error = thrown(() => registry.histogram({ name: "h", help: "", buckets }));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain("buckets[");
    expect(await registry.text()).toBe("");
  });
});

describe("7: a collect callback", () => {
  test.each<[string, () => Promise<number> | number]>([
    [
      "that throws",
      () => {
        throw new Error("down");
      },
    ],
    ["that rejects", () => Promise.reject(new Error("down"))],
    ["that hangs", () => new Promise<number>(() => {})],
  ])("%s costs its own family, is counted, and the scrape goes on", async (_, collect) => {
    registry.gauge({ name: "broken", help: "", collect });
    registry.gauge({ name: "healthy", help: "", collect: () => 5 });
    const { body } = await registry.expose({ deadlineMs: 20 });
    const { families, value } = parseTextPage(new TextDecoder().decode(body));
    expect(families.has("broken")).toBe(false);
    expect(value("healthy")).toBe(5);
    const later = await registry.expose({ deadlineMs: 20, names: ["narthex_collect_errors"] });
    const { value: count } = parseTextPage(new TextDecoder().decode(later.body));
    expect(count("narthex_collect_errors_total", { family: "broken" })).toBe(1);
  });
});

test("8: a held series adds what it is given, to itself and to no other, also with exemplars", async () => {
  const counter = registry.counter({ name: "c", help: "", labels: ["method"] });
  const [get, post] = [counter.labels({ method: "GET" }), counter.labels({ method: "POST" })];
  get.inc(5, { exemplar: { trace_id: "of GET" } });
  post.inc(7);
  get.inc(0.5);
  const { samples, value } = await page();
  expect(value("c_total", { method: "GET" })).toBe(5.5);
  expect(value("c_total", { method: "POST" })).toBe(7);
  expect(samples).toHaveLength(2);
  const { body } = await registry.expose({ accept: "application/openmetrics-text" });
  const lines = new TextDecoder().decode(body).split("\n");
  expect(lines.filter((line) => line.includes("# {"))).toEqual([
    expect.stringMatching(/^c_total\{method="GET"\} .* # \{trace_id="of GET"\} 5/),
  ]);
});

test("9: a held series never looks at labels again", async () => {
  const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
  const histogram = registry.histogram({ name: "h", help: "", labels: ["a"] });
  const read = vi.fn(() => "x");
  const labels = Object.defineProperty({} as { a: string }, "a", { get: read, enumerable: true });
  const series = counter.labels(labels);
  const observed = histogram.labels(labels);
  read.mockClear();
  for (let i = 0; i < 100; i += 1) {
    series.inc();
    observed.observe(i);
  }
  expect(read).not.toHaveBeenCalled();
  expect((await page()).value("c_total", { a: "x" })).toBe(100);
});

test("11: a big page leaves the event loop its turns", async () => {
  const counter = registry.counter({ name: "c", help: "", labels: ["i"], limit: 200_000 });
  for (let i = 0; i < 100_000; i += 1) counter.inc({ i: `a label value of some length ${i}` });
  let turns = 0;
  let done = false;
  const text = registry.text().finally(() => {
    done = true;
  });
  while (!done) {
    await turn();
    turns += 1;
  }
  expect((await text).length).toBeGreaterThan(4_000_000);
  // One turn would come in any case, after the whole page.
  expect(turns).toBeGreaterThan(3);
});

describe("13: hot reloads and second copies", () => {
  test("a module that is evaluated again gets its metrics back", async () => {
    const evaluate = () => ({
      requests: registry.counter({ name: "requests", help: "Requests.", labels: ["route"] }),
      latency: registry.histogram({ name: "latency", help: "Latency.", buckets: [1, 2] }),
      queue: registry.gauge({ name: "queue", help: "Queue.", collect: () => 5 }),
    });
    evaluate().requests.inc({ route: "/" });
    const again = evaluate();
    again.requests.inc({ route: "/" });
    again.latency.observe(1);
    const { value } = await page();
    expect(value("requests_total", { route: "/" })).toBe(2);
    expect(value("latency_count")).toBe(1);
    expect(value("queue")).toBe(5);
  });

  test("two copies of the package write on one page", async () => {
    const name = "peer_fault_13";
    const copies = [];
    for (let i = 0; i < 2; i += 1) {
      vi.resetModules();
      copies.push(await import("../src/index.ts"));
    }
    const [first, second] = copies;
    first!.metrics.counter({ name, help: "" }).inc();
    second!.metrics.counter({ name, help: "" }).inc();
    expect(first!.NarthexError).not.toBe(NarthexError);
    for (const { metrics } of copies) {
      expect(parseTextPage(await metrics.text()).value(`${name}_total`)).toBe(2);
    }
    first!.metrics.unregister(name);
  });
});

describe("14: summaries and exemplars", () => {
  test("the quantiles of an empty summary are NaN, its count and sum are 0", async () => {
    const summary = registry.summary({ name: "s", help: "", quantiles: [0.5, 0.99] });
    const { value } = await page();
    expect(value("s", { quantile: "0.5" })).toBeNaN();
    expect(value("s", { quantile: "0.99" })).toBeNaN();
    expect([value("s_count"), value("s_sum")]).toEqual([0, 0]);
    summary.observe(3);
    expect((await page()).value("s", { quantile: "0.5" })).not.toBeNaN();
  });

  test("an exemplar has room for 128 code points, however many units they take", async () => {
    const counter = registry.counter({ name: "c", help: "" });
    const id = "😀".repeat(120);
    counter.inc(1, { exemplar: { trace_id: id } });
    const error = thrown(() => counter.inc(1, { exemplar: { trace_id: `${id}x` } }));
    expect(error.message).toContain("128");
    const { body } = await registry.expose({ accept: "application/openmetrics-text" });
    expect(new TextDecoder().decode(body)).toContain(`# {trace_id="${id}"} 1`);
    expect((await page()).value("c_total")).toBe(1);
  });
});

test("15: observing NaN does not throw; it is counted above all bounds, as the Go client does", async () => {
  const latency = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [1, 2] });
  latency.observe({ a: "x" }, 1);
  latency.observe({ a: "x" }, Number.NaN);
  latency.labels({ a: "x" }).observe(Number.NaN);
  const { value } = await page();
  expect(value("h_bucket", { a: "x", le: "2.0" })).toBe(1);
  expect(value("h_bucket", { a: "x", le: "+Inf" })).toBe(3);
  expect(value("h_count", { a: "x" })).toBe(3);
  expect(value("h_sum", { a: "x" })).toBeNaN();
});
