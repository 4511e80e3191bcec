import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "../../exposition/parse/parse.ts";
import type { Family } from "../../model/family.ts";
import { type MetricSource, type SampleSink, seriesHead } from "../../model/sample-sink.ts";
import { Registry } from "../registry.ts";

const OPENMETRICS_1 = "application/openmetrics-text;version=1.0.0";
const OPENMETRICS_2 = "application/openmetrics-text;version=2.0.0-rc0";

const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
beforeEach(() => warn.mockClear());
afterEach(() => expect(new Set(warnings()).size).toBe(warnings().length));
const warnings = () => warn.mock.calls.map(([message]) => String(message));

async function pageOf(registry: Registry, accept?: string): Promise<string> {
  return new TextDecoder().decode((await registry.expose({ accept })).body);
}

function registryOf(...sources: (MetricSource | string)[]): Registry {
  const registry = new Registry();
  for (const source of sources) {
    registry.register(typeof source === "string" ? parse(source) : source);
  }
  return registry;
}

/** A source of one gauge, whose visit begins with the family. */
function source(family: Partial<Family>, visit: (sink: SampleSink) => void): MetricSource {
  return {
    visit(sink) {
      sink.family({ name: "x", help: "", type: "gauge", ...family });
      visit(sink);
      sink.family({ name: "after", help: "", type: "gauge" });
      sink.gauge(seriesHead([], []), 1);
    },
  };
}

const GO = `# HELP go_memstats_alloc_bytes Bytes in use.
# TYPE go_memstats_alloc_bytes gauge
go_memstats_alloc_bytes 6058576
# HELP go_memstats_alloc_bytes_total Bytes allocated.
# TYPE go_memstats_alloc_bytes_total counter
go_memstats_alloc_bytes_total 44330096
`;

const PYTHON = `# TYPE gc_total counter
gc_total{generation="0"} 41
gc_total{generation="1"} 2
# TYPE gc_created gauge
gc_created{generation="0"} 1623691804.5
gc_created{generation="1"} 1623691804.25
# TYPE wait histogram
wait_bucket{le="1.0"} 0
wait_bucket{le="+Inf"} 1
wait_sum 2
wait_count 1
# TYPE wait_created gauge
wait_created 1623691804.75
`;

describe("names that clash in OpenMetrics 1.0 alone", () => {
  test.each([
    ["a gauge and a counter of the same name", GO],
    ["gauges that tell when series began", PYTHON],
    [
      "a gauge beside a counter's start, with other labels",
      `${PYTHON}# TYPE e_total counter\ne_total{a="b"} 1\n# TYPE e_created gauge\ne_created 1\n`,
    ],
  ])("are all on a page of text: %s", async (_, page) => {
    const registry = registryOf(page);
    expect(await registry.text()).toBe(page);
    expect(await pageOf(registry, OPENMETRICS_2)).toContain("gauge");
    expect(warnings()).toEqual([]);
  });

  test.each([
    GO,
    GO.split(/^(?=# HELP)/m)
      .reverse()
      .join(""),
  ])("lose a type there, and no sample: %#", async (page) => {
    const registry = registryOf(page);
    const lines = (await pageOf(registry, OPENMETRICS_1)).split("\n");
    expect(lines).toContain("# TYPE go_memstats_alloc_bytes gauge");
    expect(lines).toContain("# TYPE go_memstats_alloc_bytes_total unknown");
    expect(lines).toContain("go_memstats_alloc_bytes_total 44330096");
    expect(warnings()).toEqual([]);
  });

  test("are samples of the series there, where they tell when it began", async () => {
    const registry = registryOf(PYTHON);
    const page = await pageOf(registry, OPENMETRICS_1);
    expect(page).toContain('gc_created{generation="1"} 1623691804.25\n');
    expect(page).toContain("# TYPE gc counter\n");
    expect(page).toContain("wait_created 1623691804.75\n");
    expect(() => parse(page, { contentType: OPENMETRICS_1 })).not.toThrow();
    expect(warnings()).toEqual([]);
    expect(await registry.text()).toBe(PYTHON);
  });

  test("cost the family there that no other name can have, and are warned of once", async () => {
    const registry = registryOf("# TYPE e_total counter\ne_total 1\n", "# TYPE e gauge\ne 2\n");
    for (const _ of [1, 2]) {
      const page = await pageOf(registry, OPENMETRICS_1);
      expect(page).toContain("e_total 1\n");
      expect(page).not.toContain("e 2\n");
    }
    expect(await registry.text()).toContain("e 2\n");
    expect(await registry.text()).toContain('narthex_collect_errors_total{family="e"} 2\n');
    expect(warnings()).toEqual([expect.stringMatching(/"e".*openmetrics-1\.0/)]);
  });
});

describe("names that clash in every format", () => {
  test.each([
    ["a gauge", "# TYPE own gauge\nown 9\n"],
    ["a histogram's count", "# TYPE own_wait_count gauge\nown_wait_count 9\n"],
    ["a summary's sum", "# TYPE own_size_sum gauge\nown_size_sum 9\n"],
    ["a histogram's buckets", '# TYPE own_wait_bucket gauge\nown_wait_bucket{le="1"} 9\n'],
    ["a counter", "# TYPE own_jobs_total counter\nown_jobs_total 9\n"],
    [
      "a histogram over a gauge",
      '# TYPE ow histogram\now_bucket{le="+Inf"} 9\now_sum 9\now_count 9\n',
    ],
  ])("cost the source's family, and no other: %s", async (_, clashing) => {
    const registry = new Registry();
    registry.gauge({ name: "own", help: "Ours." }).set(5);
    registry.gauge({ name: "ow_count", help: "Ours." });
    registry.histogram({ name: "own_wait", help: "Ours." });
    registry.summary({ name: "own_size", help: "Ours." });
    registry.counter({ name: "own_jobs", help: "Ours." });
    registry.register(parse(`# TYPE a gauge\na 1\n${clashing}# TYPE b gauge\nb 2\n`));
    for (const accept of [undefined, OPENMETRICS_1, OPENMETRICS_2]) {
      const page = await pageOf(registry, accept);
      expect(page).toContain("a 1\n");
      expect(page).toContain("b 2\n");
      expect(page).not.toMatch(/ 9$/m);
      expect(page).toContain("own 5\n");
    }
    expect(warnings()[0]).toMatch(/choose another name/);
    expect(await registry.text()).toContain("narthex_collect_errors_total{");
  });

  test("cost the second of two sources its family", async () => {
    const registry = registryOf(
      "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n",
      "# TYPE b gauge\nb 2\n# TYPE c gauge\nc 3\n",
    );
    expect(await registry.text()).toBe(
      "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE c gauge\nc 3\n",
    );
  });

  test("clash where they are escaped, and not elsewhere", async () => {
    const registry = registryOf('# TYPE "a.b" gauge\n{"a.b"} 1\n# TYPE a_b gauge\na_b 2\n');
    expect(await registry.text()).toBe("# TYPE a_b gauge\na_b 1\n");
    const utf8 = await pageOf(registry, "text/plain;version=1.0.0;escaping=allow-utf-8");
    expect(utf8).toContain('{"a.b"} 1\n');
    expect(utf8).toContain("a_b 2\n");
  });
});

describe("equal series", () => {
  test.each([undefined, OPENMETRICS_1, OPENMETRICS_2])(
    "stand once on a page, the first of them: %s",
    async (accept) => {
      const page = 'a 1\na 2\na{b=""} 3\nb{x="1",y="2"} 4\nb{y="2",x="1"} 5\n';
      const registry = registryOf(page);
      expect((await pageOf(registry, accept)).match(/^[ab].*/gm)).toEqual([
        "a 1",
        'b{x="1",y="2"} 4',
      ]);
      await pageOf(registry, accept);
      expect(await registry.text()).toContain('narthex_collect_errors_total{family="a"}');
      expect(warnings()).toEqual([
        expect.stringContaining('"a" was given the labels {} twice'),
        expect.stringContaining('"b" was given the labels {y="2", x="1"} twice'),
      ]);
    },
  );

  test("at different times are different samples", async () => {
    const page = '# TYPE a gauge\na 1 1000\na 2 2000\n# TYPE b gauge\nb{x=""} 1\n';
    expect(await registryOf(`${page}a 3 2000\na 4\n`).text()).toBe(page);
  });
});

describe("a fault costs its family, and no other", () => {
  const head = seriesHead([], []);
  test.each<[string, Partial<Family>, (sink: SampleSink) => void, RegExp]>([
    ["an empty name", { name: "" }, () => {}, /not a metric name/],
    ["a value that is no number", {}, (sink) => sink.gauge(head, "1" as never), /use a number/],
    ["a label without a value", {}, (sink) => sink.gauge(seriesHead(["a"], []), 1), /labels/],
    [
      "a label that is there twice",
      {},
      (sink) => sink.gauge(seriesHead(["a", "a"], ["1", "2"]), 1),
      /already/,
    ],
    ["__name__", {}, (sink) => sink.gauge(seriesHead(["__name__"], ["y"]), 1), /__name__/],
    ["a series of another type", {}, (sink) => sink.summary(head, {} as never), /type gauge/],
    [
      "a value that throws",
      { type: "histogram" },
      (sink) => sink.histogram(head, {} as never),
      /TypeError/,
    ],
    [
      "a timestamp before 1970",
      {},
      (sink) => sink.gauge(seriesHead([], [], { timestamp: -1 }), 1),
      /1970/,
    ],
    [
      "a timestamp that no text has",
      {},
      (sink) => sink.gauge(seriesHead([], [], { timestamp: 1e300 }), 1),
      /seconds/,
    ],
    [
      "le on a histogram",
      { type: "histogram" },
      (sink) => sink.histogram(seriesHead(["le"], ["1"]), {} as never),
      /le/,
    ],
  ])("%s", async (_, family, visit, reason) => {
    const registry = registryOf(source(family, visit));
    const page = await registry.text();
    expect(page).toBe("# TYPE after gauge\nafter 1\n");
    expect(warnings()).toEqual([expect.stringMatching(reason)]);
    expect(await registry.text()).toContain(`{family="${family.name ?? "x"}"} 1\n`);
  });

  test("a sample before any family is told of", async () => {
    const registry = registryOf({ visit: (sink) => sink.gauge(head, 1) });
    expect(await registry.text()).toBe("");
    expect(warnings()).toEqual([expect.stringContaining("before their family")]);
    expect(await registry.text()).toContain('narthex_collect_errors_total{family="_source"} 1\n');
  });

  test("labels of other programs may begin with two underscores", async () => {
    const page = '# TYPE a gauge\na{__b="c"} 1\n';
    expect(await registryOf(page).text()).toBe(page);
  });
});
