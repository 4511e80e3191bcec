import { expect, expectTypeOf, test } from "vitest";
import { Registry } from "../index.ts";
import { change, expectFamilies, lint, readSamples, readValue } from "./index.ts";

/** What the examples in the docstrings begin with. */
function posted() {
  const registry = new Registry();
  const help = "Articles posted.";
  const counter = registry.counter({ name: "articles_posted", help, labels: ["category"] });
  const latency = registry.histogram({ name: "latency_seconds", help, labels: ["op"] });
  counter.inc({ category: "news" }, 3);
  latency.observe({ op: "select" }, 0.02);
  latency.observe({ op: "select" }, 0.03);
  return { registry, post: async (labels: { category: string }) => counter.inc(labels) };
}

test("the examples of the docstrings", async () => {
  const { registry, post } = posted();
  expect(await readValue(registry, "articles_posted_total", { category: "news" })).toBe(3);
  expect(await readValue(registry, "latency_seconds_bucket", { op: "select", le: 0.1 })).toBe(2);
  expect(await readSamples(registry, "articles_posted_total")).toEqual([
    { name: "articles_posted_total", labels: { category: "news" }, value: 3 },
  ]);
  await post({ category: "sport" });
  await expectFamilies(
    registry,
    `# TYPE articles_posted_total counter
    articles_posted_total{category="news"} 3
    articles_posted_total{category="sport"} 1`,
  );
  const added = await change(registry, "articles_posted_total", { category: "news" }, () =>
    post({ category: "news" }),
  );
  expect(added).toBe(1);
  expect(await lint(registry)).toEqual([]);
});

test("wrong uses do not compile", () => {
  type Labels = Parameters<typeof readValue>[2];
  expectTypeOf<{ code: number; ok: boolean }>().toExtend<Labels>();
  expectTypeOf<{ code: undefined }>().not.toExtend<Labels>();
  expectTypeOf<string>().not.toExtend<Parameters<typeof change>[0]>();
  expectTypeOf(readValue).returns.resolves.toEqualTypeOf<number | undefined>();
  expectTypeOf<Registry>().toExtend<Parameters<typeof lint>[0]>();
});
