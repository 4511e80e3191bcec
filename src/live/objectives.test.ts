import { expect, test } from "vitest";
import { PARTS } from "../registry/parts.ts";
import { Registry } from "../registry/registry.ts";
import { History } from "./history/history.ts";
import { ObjectiveTracks } from "./objectives.ts";

function listed(registry: Registry) {
  const tracks = new ObjectiveTracks(registry, PARTS.get(registry)!, new History(600, 100));
  tracks.sample();
  return tracks.list();
}

test("counts the events that an objective selects, by each kind of match", () => {
  const registry = new Registry({ labels: { service: "shop" } });
  const jobs = registry.counter({ name: "jobs", help: "Jobs.", labels: ["outcome", "queue"] });
  const takes = registry.histogram({
    name: "take_seconds",
    help: "Time.",
    labels: ["op"],
    buckets: [0.1, 1],
  });
  const sizes = registry.summary({ name: "sizes", help: "Sizes." });
  jobs.inc({ outcome: "ok", queue: "mail" }, 5);
  jobs.inc({ outcome: "ok", queue: "news" }, 2);
  jobs.inc({ outcome: "failed", queue: "mail" });
  for (const seconds of [0.05, 0.1, 0.5, 3]) takes.observe({ op: "read" }, seconds);
  takes.observe({ op: "write" }, 0.01);
  sizes.observe(3);
  const total = { family: jobs };
  const one = { objective: 0.9, total };
  registry.slo({ name: "value", ...one, good: { family: jobs, match: { outcome: "ok" } } });
  const either = { outcome: ["ok", "failed"], queue: "mail" };
  registry.slo({ name: "either", ...one, good: { family: jobs, match: either } });
  registry.slo({ name: "not", ...one, good: { family: jobs, match: { queue: { not: "mail" } } } });
  const service = { service: { not: ["shop"] } } as object;
  registry.slo({ name: "constant", ...one, good: { family: jobs, match: service } });
  registry.slo({
    name: "bound",
    objective: 0.9,
    good: { family: takes, match: { op: "read", le: 0.1 } },
    total: { family: takes, match: { op: "read" } },
  });
  const all = { family: sizes };
  registry.slo({ name: "summary", objective: 0.9, good: all, total: all });
  expect(listed(registry).map(({ name, good, total }) => [name, good, total])).toEqual([
    ["value", 7, 8],
    ["either", 6, 8],
    ["not", 2, 8],
    ["constant", 0, 8],
    ["bound", 2, 4],
    ["summary", 1, 1],
  ]);
});

test("asks Prometheus for the budget of the whole period", () => {
  const registry = new Registry();
  const jobs = registry.counter({ name: "jobs", help: "Jobs.", labels: ["outcome"] });
  registry.slo({
    name: "jobs",
    objective: 0.999,
    periodDays: 7,
    good: { family: jobs, match: { outcome: "ok" } },
    total: { family: jobs },
  });
  expect(listed(registry)).toMatchObject([
    {
      query:
        '1 - (1 - sum(increase(jobs_total{outcome="ok"}[7d])) / sum(increase(jobs_total[7d]))) / 0.001',
    },
  ]);
});
