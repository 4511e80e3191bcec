import { expect, test } from "vitest";
import { Registry } from "./registry.ts";

const HELP = { help: "…" };

test("a name that servers know otherwise than people needs utf8, and the error says why", () => {
  const registry = new Registry();
  expect(() => registry.counter({ name: "my-counter", ...HELP })).toThrow(
    'Metric "my-counter": Prometheus would have it as {"my-counter_total"}, and not as my_counter_total, which is what curl shows. Name it my_counter, or allow the name with utf8: true, an option of the metric and of the registry.',
  );
  expect(() => registry.gauge({ name: "1abc def", ...HELP })).toThrow('{"1abc def"}');
  expect(() => registry.gauge({ name: "g", ...HELP, labels: ["a-b"] })).toThrow(
    'Metric "g": Prometheus would have its label as {"a-b"="…"}, and not as a_b',
  );
  const info = registry.info({ name: "build", ...HELP });
  expect(() => info.set({ "git.commit": "4bf9" })).toThrow('{"git.commit"="…"}');
  registry.gauge({ name: "a:b", ...HELP });
});

test("utf8 of a metric allows its name and its labels", async () => {
  const registry = new Registry();
  registry.gauge({ name: "a.b", ...HELP, labels: ["c.d"], utf8: true }).set({ "c.d": "e" }, 1);
  registry.info({ name: "build", ...HELP, utf8: true }).set({ "git.commit": "4bf9" });
  const text = await registry.text();
  expect(text).toContain('a_b{c_d="e"} 1\n');
  expect(text).toContain('build_info{git_commit="4bf9"} 1\n');
});

test("utf8 of a registry is the default of its metrics, and allows its own labels", () => {
  expect(() => new Registry({ labels: { "k8s.pod": "a" } })).toThrow('{"k8s.pod"="…"}');
  const registry = new Registry({ labels: { "k8s.pod": "a" }, utf8: true });
  const wanted = { name: "a.b", ...HELP };
  expect(registry.gauge(wanted)).toBe(registry.gauge({ ...wanted, utf8: true }));
  expect(() => registry.gauge({ name: "c.d", ...HELP, utf8: false })).toThrow('{"c.d"}');
  registry.gauge({ name: "c_d", ...HELP, utf8: false });
});

test("utf8 is true or false", () => {
  const utf8 = "yes" as unknown as boolean;
  expect(() => new Registry({ utf8 })).toThrow('new Registry: option utf8 is "yes"');
  expect(() => new Registry().gauge({ name: "g", ...HELP, utf8 })).toThrow('utf8 is "yes"');
});
