import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { addEveryType } from "../../../test/every-type.ts";
import { burnTests } from "../../../test/generate/burn-tests.ts";
import { realServer } from "../../../test/real-servers.ts";
import { parse } from "../../exposition/parse/parse.ts";
import { Registry } from "../../registry/registry.ts";
import { pyrra, sloth } from "./other-tools.ts";
import { rules } from "./rules.ts";

const promtool = await realServer("promtool");

function shop() {
  const registry = new Registry();
  const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["outcome"] });
  const latency = registry.histogram({
    name: "order_duration_seconds",
    help: "How long an order takes.",
    labels: ["plan"],
    buckets: [0.5, 1, 2],
  });
  registry.slo({
    name: "order-success",
    objective: 0.999,
    description: 'Orders "go through" {{ or not.',
    good: { family: orders, match: { outcome: "ok" } },
    total: { family: orders },
  });
  registry.slo({
    name: "order-latency",
    objective: 0.9,
    periodDays: 7,
    good: { family: latency, match: { le: 1 } },
    total: { family: latency },
  });
  return registry;
}

interface RulesFile {
  readonly groups: {
    readonly name: string;
    readonly rules: { record?: string; alert?: string; expr: string; labels?: object }[];
  }[];
}

const groupsOf = (text: string) => (parseYaml(text) as RulesFile).groups;

describe("the rules of a registry", () => {
  const groups = groupsOf(rules(shop()));

  test("record durations, and what objectives need", () => {
    expect(groups.map(({ name }) => name)).toEqual([
      "durations",
      "slo-order-success",
      "slo-order-latency",
    ]);
    expect(groups[0]!.rules.map(({ record }) => record)).toEqual([
      "job:order_duration_seconds:p50_5m",
      "job:order_duration_seconds:p95_5m",
      "job:order_duration_seconds:p99_5m",
    ]);
    expect(groups[1]!.rules[1]!.expr).toContain(
      '(sum(rate(orders_total{outcome="ok"}[5m])) or vector(0))',
    );
  });

  test("know a bucket by both of its spellings", () => {
    expect(groups[2]!.rules[1]!.expr).toContain('order_duration_seconds_bucket{le=~"1\\\\.0|1"}');
  });

  test("leave out alerts that could never fire, as of a burn rate that no ratio reaches", () => {
    const alerts = groups[2]!.rules.filter(({ alert }) => alert !== undefined);
    // 2 % of a week's budget of 10 % in an hour are 33.6 %, 5 % in 6 h are 14 %; nothing burns slower than 1.
    const limits = alerts.map(({ expr }) => expr.match(/> [\d.]+/g));
    expect(limits).toEqual([
      ["> 0.336", "> 0.336", "> 0.14", "> 0.14"],
      ["> 0.1", "> 0.1", "> 0.1", "> 0.1"],
    ]);
  });

  test("can be of one job", () => {
    const text = rules(shop(), { job: "shop" });
    expect(text).toContain('orders_total{outcome="ok", job="shop"}');
    expect(text).toContain('order_duration_seconds_bucket{job="shop"}');
  });
});

test("a page without requests, durations and objectives has no rules", () => {
  expect(rules(parse("# TYPE a gauge\na 1\n"))).toBe("groups: []\n");
});

test("wrong objectives, jobs and sources throw", () => {
  const registry = shop();
  const [objective] = registry.objectives();
  expect(() => rules(registry, { objectives: [objective!, objective!] })).toThrow(
    'rules: option objectives is an array: two have the name "order-success": rename one.',
  );
  expect(() => rules(registry, { objectives: "all" as never })).toThrow(
    "use an array of objectives",
  );
  expect(() => rules(registry, { job: 5 as never })).toThrow("rules: option job is 5");
  expect(() => rules({} as never)).toThrow("narthex/generate was given an object: pass a registry");
  expect(() => rules(parse(""), { objectives: [objective!] })).toThrow(
    'good.family is "orders_total": there is no such metric',
  );
});

describe("the objectives for other tools", () => {
  test("Sloth gets the queries of errors and of all events", () => {
    const [first] = sloth(shop(), "shop").slos;
    expect(first).toMatchObject({
      name: "order-success",
      objective: 99.9,
      sli: {
        events: {
          error_query:
            'sum(rate(orders_total[{{.window}}])) - (sum(rate(orders_total{outcome="ok"}[{{.window}}])) or vector(0))',
          total_query: "sum(rate(orders_total[{{.window}}]))",
        },
      },
    });
  });

  test("Pyrra gets the selectors of bad events, or of fast ones", () => {
    expect(pyrra(shop()).map(({ spec }) => spec.indicator)).toEqual([
      {
        ratio: {
          errors: { metric: 'orders_total{outcome!="ok"}' },
          total: { metric: "orders_total" },
        },
      },
      {
        latency: {
          success: { metric: 'order_duration_seconds_bucket{le=~"1\\\\.0|1"}' },
          total: { metric: "order_duration_seconds_count" },
        },
      },
    ]);
  });

  test("Pyrra can't have good events of another metric", () => {
    const registry = shop();
    const failures = registry.counter({ name: "failures", help: "Failures." });
    registry.slo({
      name: "other",
      objective: 0.9,
      good: { family: failures },
      total: { family: "orders" },
    });
    expect(() => pyrra(registry)).toThrow("Pyrra selects bad events");
  });

  test("Sloth needs the service, and options are known", () => {
    expect(() => sloth(shop(), undefined as never)).toThrow(
      'sloth: option service is undefined: use the name of the service, as in "articles".',
    );
    const options = { objective: [] } as never;
    expect(() => sloth(shop(), "shop", options)).toThrow("sloth: there is no option");
    expect(() => pyrra(shop(), options)).toThrow("pyrra: there is no option");
  });
});

describe.skipIf(!promtool)("promtool", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "narthex-rules-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = (...args: string[]) => promisify(execFile)(promtool!, args, { cwd: folder });

  test("accepts the rules of any registry, without a complaint", async () => {
    const registry = shop();
    addEveryType(registry);
    await writeFile(join(folder, "rules.yml"), rules(registry));
    const { stdout } = await run("check", "rules", "--lint=all", "--lint-fatal", "rules.yml");
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  test("sees the alerts fire when the budget burns, and not before", {
    timeout: 60_000,
  }, async () => {
    await writeFile(join(folder, "rules.yml"), rules(shop()));
    const tests = burnTests({
      slo: "order-success",
      description: 'Orders "go through" {{ or not.',
      good: 'orders_total{outcome="ok"}',
      bad: 'orders_total{outcome="failed"}',
    });
    await writeFile(join(folder, "test.yml"), JSON.stringify({ rule_files: ["rules.yml"], tests }));
    const { stdout } = await run("test", "rules", "test.yml");
    expect(stdout).toContain("SUCCESS");
  });
});
