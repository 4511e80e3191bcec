import type { Dashboard as GrafanaDashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { describe, expect, test } from "vitest";
import { addEveryType } from "../../../test/every-type.ts";
import { parse } from "../../exposition/parse/parse.ts";
import { HttpRecorder } from "../../http/record/recorder.ts";
import { Registry } from "../../registry/registry.ts";
import { dashboard } from "./dashboard.ts";
import type { Dashboard, Panel } from "./grafana.ts";

/** A type of Grafana's schema, where a text may stand for the enum that has it. */
type Loose<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Element)[]
    ? Loose<Element>[]
    : T extends object
      ? { [Key in keyof T as Key extends typeof MARK ? never : Key]: Loose<T[Key]> }
      : T;

/** A method that tells queries apart in the builders of the SDK; no query has it. */
const MARK = "_implementsDataqueryVariant";

const panelsOf = (board: Dashboard) =>
  board.panels.filter((panel): panel is Panel => panel.type !== "row");
const rowsOf = (board: Dashboard) =>
  board.panels.filter(({ type }) => type === "row").map(({ title }) => title);

function everything() {
  const registry = new Registry();
  new HttpRecorder({ registry });
  addEveryType(registry);
  const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["outcome"] });
  registry.slo({
    name: "orders",
    objective: 0.99,
    good: { family: orders, match: { outcome: "ok" } },
    total: { family: orders },
  });
  return registry;
}

describe("a dashboard", () => {
  const board = dashboard(everything(), { title: "Shop" });

  test("is one by Grafana's own schema", () => {
    const typed: Loose<GrafanaDashboard> = board;
    expect(typed).toMatchObject({ schemaVersion: 42, title: "Shop", uid: "narthex-shop" });
  });

  test("has sections in a fixed order", () => {
    expect(rowsOf(board)).toEqual([
      "Objectives",
      "HTTP requests",
      "Counters",
      "Gauges",
      "Histograms and summaries",
      "States and facts",
    ]);
  });

  test("places its panels without gaps at the left and without overlaps, and numbers them", () => {
    const taken = new Set<string>();
    for (const { gridPos } of board.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`)).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
    expect(board.panels.map(({ id }) => id)).toEqual(board.panels.map((_, i) => i + 1));
  });

  test("asks for the chosen job and instance everywhere but in recorded series", () => {
    for (const { targets } of panelsOf(board)) {
      for (const { expr } of targets) {
        if (!expr.includes("slo:")) expect(expr).toContain('job=~"$job", instance=~"$instance"');
      }
    }
    expect(board.templating.list.map(({ name }) => name)).toEqual([
      "datasource",
      "job",
      "instance",
    ]);
  });

  test("shows families of which no series is there yet, by the labels of their definition", () => {
    const orders = panelsOf(board).find(({ title }) => title === "Orders");
    expect(orders?.targets[0]).toMatchObject({
      expr: 'sum by (outcome) (rate(orders_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
      legendFormat: "{{outcome}}",
    });
  });

  test("has limits where they are known, such as those of errors", () => {
    const errors = panelsOf(board).find(({ title }) => title === "Errors");
    expect(errors?.fieldConfig.defaults).toMatchObject({ unit: "percentunit", max: 1 });
    expect(errors?.fieldConfig.defaults.thresholds.steps).toHaveLength(3);
  });
});

test("units become those of Grafana, of values and of rates", () => {
  const page = `# TYPE a_bytes gauge
a_bytes 1
# TYPE b_bytes_total counter
b_bytes_total 1
# TYPE c_seconds gauge
c_seconds 1
# TYPE d_ratio gauge
d_ratio 0.5
# TYPE e gauge
e 1
`;
  const units = panelsOf(dashboard(parse(page))).map(({ title, fieldConfig }) => [
    title,
    fieldConfig.defaults.unit,
  ]);
  expect(Object.fromEntries(units)).toEqual({
    "B bytes": "Bps",
    E: "short",
    "A bytes": "bytes",
    "D ratio": "percentunit",
    "C seconds": "s",
  });
});

test("a histogram with native buckets has a heatmap", () => {
  const registry = new Registry();
  registry.histogram({ name: "n_seconds", help: "N.", native: true, buckets: [] });
  const [graph, heatmap] = panelsOf(dashboard(registry));
  expect(graph?.targets[0]?.expr).toBe(
    'histogram_quantile(0.5, sum(rate(n_seconds{job=~"$job", instance=~"$instance"}[$__rate_interval])))',
  );
  expect(heatmap).toMatchObject({ type: "heatmap", targets: [{ format: "heatmap" }] });
});

test("a label with more values than a graph has room for is summed up", () => {
  const lines = Array.from({ length: 30 }, (_, i) => `a_total{id="${i}",kind="x"} 1\n`);
  const [panel] = panelsOf(dashboard(parse(`# TYPE a_total counter\n${lines.join("")}`)));
  expect(panel?.targets[0]?.expr).toMatch(/^sum by \(kind\) /);
});

test("restarts are marked by the start of the process, or by a counter that fell", () => {
  const marks = (page: string) => dashboard(parse(page)).annotations.list.map(({ expr }) => expr);
  expect(marks("process_start_time_seconds 1\n")[0]).toMatch(
    /^changes\(process_start_time_seconds/,
  );
  expect(marks("# TYPE a_total counter\na_total 1\n")[0]).toMatch(/^resets\(a_total/);
  expect(marks("# TYPE a gauge\na 1\n")).toEqual([]);
});

test("names that are not Prometheus's old ones are quoted", () => {
  const registry = new Registry({ utf8: true });
  registry.counter({ name: "http.hits", help: "Hits.", labels: ["the.route"] });
  const [panel] = panelsOf(dashboard(registry));
  expect(panel?.targets[0]?.expr).toBe(
    'sum by ("the.route") (rate({"http.hits_total", job=~"$job", instance=~"$instance"}[$__rate_interval]))',
  );
});

test("wrong options throw", () => {
  const registry = new Registry();
  expect(() => dashboard(registry, { title: "" })).toThrow(
    'dashboard: option title is "": use a text.',
  );
  expect(() => dashboard(registry, { uid: "a b" })).toThrow(
    "use at most 40 letters, digits, - and _",
  );
});
