import { expect, test } from "vitest";
import { Registry } from "../index.ts";

test("another registry can expose a metric, too, with or without labels", async () => {
  const [first, second] = [new Registry(), new Registry()];
  const jobs = first.counter({ name: "jobs", help: "", labels: ["kind"] });
  const depth = first.gauge({ name: "depth", help: "" });
  second.register(jobs);
  const remove = second.register(depth);
  jobs.inc({ kind: "mail" });
  depth.set(3);
  const page = await second.text();
  expect(page).toContain('\njobs_total{kind="mail"} 1\n');
  expect(page).toContain("\ndepth 3\n");
  remove();
  expect(await second.text()).not.toContain("depth");
  expect(await first.text()).toContain("\ndepth 3\n");
});

test("size is how many series a metric has", () => {
  const registry = new Registry();
  const jobs = registry.counter({ name: "jobs", help: "", labels: ["kind"] });
  expect(jobs.size).toBe(0);
  jobs.inc({ kind: "mail" });
  jobs.inc({ kind: "mail" });
  jobs.inc({ kind: "image" });
  expect(jobs.size).toBe(2);
  jobs.remove({ kind: "mail" });
  expect(jobs.size).toBe(1);
  expect(registry.gauge({ name: "depth", help: "" }).size).toBe(1);
});

test("a bare counter keeps its name in every format", async () => {
  const registry = new Registry();
  registry.counter({ name: "jobs", help: "", bare: true }).inc();
  expect(await registry.text()).toContain("# TYPE jobs counter\njobs 1\n");
  const { body } = await registry.expose({ accept: "application/openmetrics-text; version=1.0.0" });
  expect(new TextDecoder().decode(body)).toContain("# TYPE jobs unknown\njobs 1\n");
  expect(() => registry.counter({ name: "other", help: "", bare: 1 as never })).toThrow("bare");
});
