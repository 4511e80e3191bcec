import { describe, expect, test } from "vitest";
import { parse } from "../exposition/parse/parse.ts";
import { dashboard } from "../generate/dashboard/dashboard.ts";
import { rules } from "../generate/rules/rules.ts";
import { Registry } from "../registry/registry.ts";
import { verifyQueries } from "./verify.ts";

const PAGE = `# TYPE orders_total counter
orders_total{outcome="ok",plan="free"} 3
orders_total{outcome="failed",plan="pro"} 1
# TYPE order_duration_seconds histogram
order_duration_seconds_bucket{route="/a",le="0.5"} 1
order_duration_seconds_bucket{route="/a",le="1.0"} 2
order_duration_seconds_bucket{route="/a",le="+Inf"} 3
order_duration_seconds_sum{route="/a"} 4
order_duration_seconds_count{route="/a"} 3
# TYPE upload_bytes summary
upload_bytes{quantile="0.5"} 1
upload_bytes_sum 2
upload_bytes_count 2
# TYPE queue_depth gauge
queue_depth{queue="mail"} 4
# TYPE build_info gauge
build_info{version="1.2.3"} 1
`;

const page = parse(PAGE).families;

function faultsOf(query: string): string[] {
  const text = JSON.stringify({
    groups: [{ name: "g", rules: [{ record: "a:b:c", expr: query }] }],
  });
  return verifyQueries(page, [{ path: "rules.yml", text }]).faults.map(({ reason }) => reason);
}

const board = (panel: object, rest: object = {}) =>
  JSON.stringify({ panels: [{ title: "P", targets: [panel] }], ...rest });

const faultsOfBoard = (text: string) =>
  verifyQueries(page, [{ path: "board.json", text }]).faults.map(({ reason }) => reason);

describe("planted faults", () => {
  test.each<[query: string, reason: string]>([
    ["rate(order_total[5m])", "there is no metric order_total: did you mean orders_total?"],
    ["rate(orders[5m])", "there is no metric orders: the counter is orders_total"],
    ["rate(completely_else[5m])", "there is no metric completely_else"],
    [
      "order_duration_seconds > 1",
      "there are no samples order_duration_seconds: the histogram has order_duration_seconds_bucket, order_duration_seconds_sum, order_duration_seconds_count",
    ],
    ["queue_depth_total", "there is no metric queue_depth_total: queue_depth is a gauge"],
    ["job:orders:rate5m", "no rule in these files records job:orders:rate5m"],
    [
      'rate(orders_total{outcom="ok"}[5m])',
      "orders_total has no label outcom: did you mean outcome?",
    ],
    ['rate(orders_total{zone="eu"}[5m])', "orders_total has no label zone: it has outcome, plan"],
    [
      'rate(orders_total{outcome="fail"}[5m])',
      'no series of orders_total has outcome="fail": did you mean failed?',
    ],
    [
      'rate(orders_total{outcome=~"5..|error"}[5m])',
      'no series of orders_total has outcome=~"5..|error": there is ok, failed',
    ],
    [
      'rate(orders_total{plan=~"free|pro",outcome!~"ok|failed"}[5m])',
      'outcome!~"ok|failed" leaves nothing of orders_total',
    ],
    ['queue_depth{queue!="mail"}', 'queue!="mail" leaves nothing of queue_depth'],
    ['queue_depth{queue=~"["}', 'queue=~"[" of queue_depth is no regular expression'],
    [
      'rate(order_duration_seconds_bucket{le="0.25"}[5m])',
      'no series of order_duration_seconds_bucket has le="0.25": there is 0.5, 1.0, +Inf',
    ],
    [
      'upload_bytes{quantile="0.99"}',
      'no series of upload_bytes has quantile="0.99": there is 0.5',
    ],
    [
      "orders_total > 5",
      "orders_total is a counter, whose value says little without rate or increase",
    ],
    [
      "sum by (plan) (orders_total)",
      "orders_total is a counter, whose value says little without rate or increase",
    ],
    [
      "histogram_quantile(0.9, order_duration_seconds_bucket)",
      "order_duration_seconds_bucket is the buckets of a histogram, whose value says little without rate or increase",
    ],
    [
      "rate(queue_depth[5m])",
      "rate is for counters, and queue_depth is a gauge: use delta or deriv",
    ],
    [
      "deriv(orders_total[5m])",
      "deriv is for gauges, and orders_total is a counter: use rate or increase",
    ],
    ["rate(orders_total)", "rate needs a range, as in rate(orders_total[5m])"],
    ["sum(orders_total[5m])", "orders_total[5m] is a range: it needs a function such as rate"],
    [
      "histogram_quantile(0.9, sum by (route) (rate(order_duration_seconds_bucket[5m])))",
      "histogram_quantile needs the label le, which the sum leaves out: add it, as in sum by (le)",
    ],
    [
      "histogram_quantile(0.9, sum(rate(order_duration_seconds_bucket[5m])))",
      "histogram_quantile needs the label le",
    ],
    [
      "histogram_quantile(0.9, sum by (le) (rate(order_duration_seconds_count[5m])))",
      "histogram_quantile needs the buckets of a histogram, and order_duration_seconds_count has none",
    ],
    [
      "sum by (rout) (rate(order_duration_seconds_count[5m]))",
      "no series has the label rout, by which it groups or joins: did you mean route?",
    ],
    [
      "queue_depth * on (queu) group_left queue_depth",
      "no series has the label queu, by which it groups or joins: did you mean queue?",
    ],
    ["sum(rate(orders_total[5m])", "it is no PromQL: it ends too early"],
    ["queue_depth >> 4", 'it is no PromQL: near "> 4"'],
  ])("%s", (query, reason) => {
    expect(faultsOf(query).join("\n")).toContain(reason);
  });

  test.each<[name: string, text: string, reason: string]>([
    [
      "a legend",
      board({ expr: "queue_depth", legendFormat: "{{que}}" }),
      "it shows the label que, which no series of the query has: did you mean queue?",
    ],
    [
      "a variable",
      board(
        {},
        {
          templating: {
            list: [{ type: "query", name: "q", query: "label_values(queue_depth, kueue)" }],
          },
        },
      ),
      "it shows the label kueue",
    ],
    [
      "an annotation",
      board({}, { annotations: { list: [{ name: "a", expr: "changes(start_time[5m])" }] } }),
      "there is no metric start_time",
    ],
    [
      "a panel in a row",
      JSON.stringify({
        panels: [{ type: "row", panels: [{ title: "in", targets: [{ expr: "gone" }] }] }],
      }),
      "there is no metric gone",
    ],
    ["no dashboard", "{}", "it has neither groups of rules nor panels of a dashboard"],
    ["no JSON", '{ "panels": [', "it is no JSON"],
  ])("%s", (_, text, reason) => {
    expect(faultsOfBoard(text).join("\n")).toContain(reason);
  });

  test("the place is the file, and the rule or panel in it", () => {
    const text = board({ expr: "gone" });
    const { faults } = verifyQueries(page, [{ path: "board.json", text }]);
    expect(faults).toEqual([
      { place: 'board.json: panel "P"', reason: "there is no metric gone", query: "gone" },
    ]);
  });
});

test("rules may be in a resource of Kubernetes", () => {
  const groups = [{ name: "g", rules: [{ record: "a:b", expr: "gone" }] }];
  const text = JSON.stringify({ kind: "PrometheusRule", spec: { groups } });
  const { faults } = verifyQueries(page, [{ path: "rule.yml", text }]);
  expect(faults).toEqual([
    { place: "rule.yml: a:b", reason: "there is no metric gone", query: "gone" },
  ]);
});

describe("queries without a fault", () => {
  test.each([
    "sum by (outcome) (rate(orders_total[5m]))",
    'sum(rate(orders_total{outcome=~"ok|new"}[5m])) / sum(rate(orders_total[5m]))',
    "histogram_quantile(0.9, sum by (le, route) (rate(order_duration_seconds_bucket[5m])))",
    "histogram_quantile(scalar(queue_depth), sum by (le) (rate(order_duration_seconds_bucket[5m])))",
    "histogram_quantile(0.9, sum without (route) (rate(order_duration_seconds_bucket[5m] offset 1h)))",
    "increase(order_duration_seconds_sum[1h]) / increase(order_duration_seconds_count[1h])",
    'rate(order_duration_seconds_bucket{le="1"}[5m])',
    'queue_depth{job="a", instance=~"b.*"} > 10',
    'queue_depth{other=""}',
    "avg_over_time(queue_depth[1h:5m])",
    "max_over_time(deriv(queue_depth[5m])[1h:])",
    "resets(orders_total[1h]) > 0",
    'sum(rate(orders_total{outcome="lost"}[5m])) or vector(0)',
    "absent(orders_total)",
    "count(orders_total)",
    "orders_total > 0",
    "up == 0",
    "queue_depth * on (job, instance) group_left (version) build_info",
    'label_replace(queue_depth, "name", "$1", "queue", "(.*)")',
    "a:b:c * 2",
    'count by (plan) ({__name__="orders_total"})',
    'upload_bytes{quantile="0.5"}',
    "time() - 5",
  ])("%s", (query) => {
    expect(faultsOf(query)).toEqual([]);
  });

  test("those with variables of Grafana", () => {
    const expr =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of Grafana.
      'topk($n, sum by (plan) (rate(orders_total{job=~"$job",plan=~"${plan:regex}"}[$__rate_interval] offset $off)))';
    expect(faultsOfBoard(board({ expr, legendFormat: "{{plan}}" }))).toEqual([]);
  });

  test("what is generated from a page, and from a registry without any series", () => {
    const registry = new Registry();
    const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["outcome"] });
    registry.histogram({ name: "x_seconds", help: "X.", labels: ["op"], native: true });
    registry.stateSet({ name: "mode", help: "Mode.", states: ["a", "b"] });
    registry.summary({ name: "y_bytes", help: "Y.", labels: ["z"] });
    registry.slo({
      name: "o",
      objective: 0.9,
      good: { family: orders, match: { outcome: "ok" } },
      total: { family: orders },
    });
    for (const source of [registry, parse(PAGE)]) {
      const families = source instanceof Registry ? source.families() : source.families;
      const files = [
        { path: "rules.yml", text: rules(source) },
        { path: "board.json", text: JSON.stringify(dashboard(source)) },
      ];
      const { queries, faults } = verifyQueries(families, files);
      expect(faults).toEqual([]);
      expect(queries).toBeGreaterThan(10);
    }
  });
});

test("labels that a server adds can be named", () => {
  const text = board({ expr: 'queue_depth{cluster="a"}' });
  expect(faultsOfBoard(text)).toHaveLength(1);
  expect(verifyQueries(page, [{ path: "b", text }], ["cluster"]).faults).toEqual([]);
});
