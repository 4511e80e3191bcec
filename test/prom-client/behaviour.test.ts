import real from "prom-client";
import { describe, expect, test } from "vitest";
import facade from "../../src/compat/prom-client/index.ts";
import { metrics } from "../../src/index.ts";

describe.each([
  ["prom-client", real],
  ["narthex/prom-client", facade as unknown as typeof real],
])("%s", (_, client) => {
  test("has subclasses that are metrics of their class", async () => {
    class Requests extends client.Counter<"code"> {
      constructor(registry: InstanceType<typeof client.Registry>) {
        super({ name: "requests", help: "R.", labelNames: ["code"], registers: [registry] });
      }
      count() {
        this.inc({ code: 200 });
      }
    }
    const registry = new client.Registry();
    const requests = new Requests(registry);
    requests.count();
    expect(requests).toBeInstanceOf(client.Counter);
    expect(requests).not.toBeInstanceOf(client.Gauge);
    expect(registry.getSingleMetric("requests")).toBe(requests);
    expect(await registry.metrics()).toContain('requests{code="200"} 1');
  });

  test("gives JSON whose members have their order, too", async () => {
    const registry = new client.Registry();
    const config = { help: "M.", labelNames: ["a"], registers: [registry] };
    new client.Counter({ name: "c", ...config }).inc({ a: "x" });
    new client.Gauge({ name: "g", ...config }).set({ a: "x" }, 2);
    new client.Histogram({ name: "h", ...config, buckets: [1] }).observe({ a: "x" }, 2);
    new client.Summary({ name: "s", ...config, percentiles: [] }).observe({ a: "x" }, 2);
    const samples = (await registry.getMetricsAsJSON()).map(({ values: [first] }) => first);
    expect(JSON.stringify(samples)).toBe(
      '[{"value":1,"labels":{"a":"x"}},{"value":2,"labels":{"a":"x"}},' +
        '{"value":0,"metricName":"h_bucket","exemplar":null,"labels":{"le":1,"a":"x"}},' +
        '{"metricName":"s_sum","labels":{"a":"x"},"value":2}]',
    );
  });

  test("takes percentiles that are none, and shows the largest value or the smallest", async () => {
    const registry = new client.Registry();
    const percentiles = [50, -1, "1", 99] as number[];
    new client.Summary({ name: "m", help: "M.", percentiles, registers: [registry] }).observe(0);
    expect(await registry.metrics()).toContain(
      'm{quantile="50"} 0\nm{quantile="-1"} 0\nm{quantile="1"} 0\nm{quantile="99"} 0\nm_sum 0\n',
    );
  });

  test("shows a metric in several registries, each with its default labels", async () => {
    const registers = [new client.Registry(), new client.Registry()] as const;
    registers[1].setDefaultLabels({ app: "shop" });
    new client.Counter({ name: "m", help: "M.", registers: [...registers] }).inc();
    expect(await registers[0].metrics()).toContain("\nm 1\n");
    expect(await registers[1].metrics()).toContain('\nm{app="shop"} 1\n');
    registers[0].clear();
    expect(await registers[1].metrics()).toContain('m{app="shop"} 1');
  });

  test("registers whatever has a name and a function get", async () => {
    const registry = new client.Registry();
    const values = [{ value: 3, labels: { queue: "mail" } }];
    const duck = {
      name: "jobs",
      get: async () => ({ name: "jobs", help: "J.", type: "gauge", values, aggregator: "sum" }),
    };
    registry.registerMetric(duck as never);
    expect(await registry.metrics()).toBe(
      '# HELP jobs J.\n# TYPE jobs gauge\njobs{queue="mail"} 3\n',
    );
  });

  test("reads values before what collect leaves to the next tick", async () => {
    const registry = new client.Registry();
    new client.Gauge({
      name: "m",
      help: "M.",
      registers: [registry],
      collect() {
        this.set(5);
        process.nextTick(() => this.reset());
      },
    });
    expect(await registry.metrics()).toContain("\nm 5\n");
  });

  test.each([client.Registry.PROMETHEUS_CONTENT_TYPE, client.Registry.OPENMETRICS_CONTENT_TYPE])(
    "pages have metrics in the order of their registration, whoever is read first: %s",
    async (type) => {
      const registry = new client.Registry();
      registry.setContentType(type as never);
      expect(await registry.metrics()).toBe(type.startsWith("text") ? "\n" : "\n# EOF\n");
      for (const [name, ms] of [
        ["slow", 30],
        ["quick", 1],
        ["ready", 0],
      ] as const) {
        const gauge = new client.Gauge({
          name,
          help: "M.",
          registers: [registry],
          async collect() {
            if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
            this.inc();
          },
        });
        gauge.set(0);
      }
      const pages = await Promise.all([registry.metrics(), registry.metrics()]);
      for (const page of pages) {
        const [between, end] = type.startsWith("text") ? ["\n", ""] : ["", "# EOF\n"];
        const metric = (name: string) => `# HELP ${name} M.\n# TYPE ${name} gauge\n${name} n\n`;
        const texts = ["slow", "quick", "ready"].map(metric);
        expect(page.replace(/^(\w+) \d$/gm, "$1 n")).toBe(texts.join(between) + end);
      }
    },
  );

  test("series stay in the order in which they came, those in the place of a removed one too", async () => {
    const registry = new client.Registry();
    const config = { help: "M.", labelNames: ["a"], registers: [registry] };
    const histogram = new client.Histogram({ name: "h", ...config, buckets: [1] });
    const counter = new client.Counter({ name: "c", ...config });
    for (const a of ["first", "ö", "third"]) {
      histogram.observe({ a }, 1);
      counter.inc({ a });
    }
    histogram.remove("first");
    counter.remove("first");
    histogram.observe({ a: "last" }, 123_456);
    counter.inc({ a: "last" });
    const page = await registry.metrics();
    expect(page.match(/(?<=c\{a=")[^"]+/g)).toEqual(["ö", "third", "last"]);
    expect(page.match(/(?<=h_count\{a=")[^"]+/g)).toEqual(["ö", "third", "last"]);
    expect(page).toContain('h_bucket{le="1",a="ö"} 1\n');
    expect(page).toContain('h_sum{a="last"} 123456\n');
  });

  test("metrics() calls getMetricsAsString, which a subclass may replace", async () => {
    // Of what is there, prom-client's types leave this method out.
    const Base = client.Registry as unknown as new () => InstanceType<typeof client.Registry> & {
      getMetricsAsString(metric: object): Promise<string>;
    };
    class Short extends Base {
      override async getMetricsAsString(metric: object) {
        return (await super.getMetricsAsString(metric)).replace(/^# HELP.*\n/gm, "");
      }
    }
    const registry = new Short();
    new client.Counter({ name: "a", help: "A.", registers: [registry] });
    new client.Counter({ name: "b", help: "B.", registers: [registry] });
    expect(await registry.metrics()).toBe("# TYPE a counter\na 0\n\n# TYPE b counter\nb 0\n");
  });

  test("reads the labels given to startTimer when the timer stops", async () => {
    const registry = new client.Registry();
    const config = { help: "M.", labelNames: ["code"], registers: [registry] };
    const histogram = new client.Histogram({ name: "h", ...config, buckets: [] });
    const summary = new client.Summary({ name: "s", ...config, percentiles: [] });
    const gauge = new client.Gauge({ name: "g", ...config });
    for (const metric of [histogram, summary, gauge]) {
      const labels: { code?: number } = {};
      const stop = metric.startTimer(labels);
      labels.code = 200;
      stop();
      const own: { code?: number } = { code: 404 };
      const stopHandle = metric.labels(own).startTimer();
      own.code = 500;
      stopHandle();
    }
    const page = await registry.metrics();
    expect(page).toContain('h_count{code="200"} 1');
    expect(page).toContain('h_count{code="500"} 1');
    expect(page).toContain('s_count{code="200"} 1');
    expect(page).toContain('s_count{code="500"} 1');
    expect(page).toMatch(/^g{code="200"}/m);
    expect(page).toMatch(/^g{code="500"}/m);
  });
});

test("register.clear() spares the metrics of Narthex beside which it is shown", async () => {
  metrics.counter({ name: "ours_total", help: "Ours." }).inc();
  new facade.Counter({ name: "theirs_total", help: "Theirs." }).inc();
  expect(await ownPage()).toContain("theirs_total 1");
  facade.register.clear();
  const page = await ownPage();
  expect(page).toContain("ours_total 1");
  expect(page).not.toContain("theirs_total");
});

async function ownPage(): Promise<string> {
  return new TextDecoder().decode((await metrics.expose()).body);
}
