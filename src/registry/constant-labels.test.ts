import { expect, test, vi } from "vitest";
import { thrown } from "../../test/thrown.ts";
import { parse } from "../exposition/parse/parse.ts";
import { seriesHead } from "../model/sample-sink.ts";
import { Registry } from "./registry.ts";

const FORMATS = [undefined, "application/openmetrics-text;version=2.0.0-rc0"];

/** A registry with series of every kind, a source, and metrics of its own troubles. */
function filled(labels?: Record<string, string>): Registry {
  const registry = new Registry({ labels, now: () => 1e12 });
  registry.counter({ name: "orders", help: "", labels: ["plan"] }).inc({ plan: "free" });
  registry.gauge({ name: "depth", help: "" }).set(3);
  registry.gauge({ name: "read", help: "", collect: () => 5 });
  registry.histogram({ name: "wait", help: "", buckets: [1] }).observe(0.5);
  registry.summary({ name: "size", help: "", quantiles: [] }).observe(2);
  registry.info({ name: "build", help: "" }).set({ version: "1.2.3" });
  registry.stateSet({ name: "feature", help: "", states: ["chat"] }).set("chat", true);
  registry.register({
    visit(sink) {
      sink.family({ name: "foreign", help: "", type: "gauge" });
      sink.gauge(seriesHead([], []), 1);
    },
  });
  const limited = registry.counter({ name: "limited", help: "", labels: ["id"], limit: 1 });
  limited.inc({ id: "a" });
  limited.inc({ id: "b" });
  return registry;
}

test("set before the first scrape, labels are on every series as if the registry was made with them", async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const labels = { service: "articles", family: "news" };
  const registry = filled({ gone: "yes" });
  registry.setLabels(labels);
  const late = { name: "late", help: "", labels: ["x"] } as const;
  registry.gauge(late).set({ x: "y" }, 1);
  const wanted = filled(labels);
  wanted.gauge(late).set({ x: "y" }, 1);
  for (const accept of FORMATS) {
    const { body } = await registry.expose({ accept });
    const page = new TextDecoder().decode(body);
    expect(page).toBe(new TextDecoder().decode((await wanted.expose({ accept })).body));
    expect(page).not.toContain("gone");
  }
  const samples = parse(await registry.text()).families.flatMap((family) => family.samples);
  expect(samples.every(({ labels }) => labels.service === "articles")).toBe(true);
});

test("after a page they can't change, and the same ones may be set again", async () => {
  const registry = filled();
  registry.setLabels({ a: "1", b: 2 });
  const page = await registry.text();
  registry.setLabels({ b: "2", a: "1" });
  for (const labels of [{}, { a: "1" }, { a: "1", b: "3" }, { a: "1", c: "2" }]) {
    const error = thrown(() => registry.setLabels(labels));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain("before the first scrape");
  }
  expect(await registry.text()).toBe(page);
});

test.each<[string, unknown, string, string]>([
  ["a metric's own label", { service: "a", plan: "x" }, "NARTHEX_LABEL_NAME_INVALID", '"orders"'],
  [
    "what looks like it to old servers",
    { "pl-n": "a", pl_n: "b" },
    "NARTHEX_LABEL_NAME_INVALID",
    "",
  ],
  ["the label of buckets", { le: "x" }, "NARTHEX_LABEL_NAME_INVALID", '"wait"'],
  ["the label of quantiles", { quantile: "x" }, "NARTHEX_LABEL_NAME_INVALID", '"size"'],
  ["the label of states", { feature: "x" }, "NARTHEX_LABEL_NAME_INVALID", '"feature"'],
  ["a fact", { version: "x" }, "NARTHEX_LABEL_NAME_INVALID", '"build"'],
  ["a name of Prometheus", { __name__: "x" }, "NARTHEX_LABEL_NAME_INVALID", "__name__"],
  ["no value", { zone: undefined }, "NARTHEX_LABEL_VALUE_INVALID", '"zone"'],
  ["a text", "service", "NARTHEX_OPTION_INVALID", '"service"'],
  ["nothing", undefined, "NARTHEX_OPTION_INVALID", "undefined"],
  ["an array", ["a"], "NARTHEX_OPTION_INVALID", "an array"],
])("%s can't be set, and then nothing changes", async (_, labels, code, shown) => {
  const registry = filled({ before: "yes" });
  const error = thrown(() => registry.setLabels(labels as Record<string, string>));
  expect(error.code).toBe(code);
  expect(error.message).toContain(shown);
  expect(await registry.text()).toBe(await filled({ before: "yes" }).text());
});

test("a fact can't have the name of a label that was set after the info was made", () => {
  const registry = new Registry();
  const build = registry.info({ name: "build", help: "" });
  registry.setLabels({ service: "a" });
  expect(thrown(() => build.set({ service: "b" })).code).toBe("NARTHEX_LABEL_NAME_INVALID");
});
