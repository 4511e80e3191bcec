import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// In a process of its own, because all code in the process of the tests would get the properties, too.

const repository = resolve(import.meta.dirname, "../..");

/** What an old library adds, what an attacker adds, and names that mean something to this package. */
const NAMES = [
  "each",
  "polluted",
  "a",
  "service",
  "labels",
  "now",
  "limit",
  "unit",
  "initial",
  "collect",
  "expireAfterSeconds",
  "buckets",
  "native",
  "factor",
  "quantiles",
  "names",
  "bare",
  "table",
  "reader",
  "exemplar",
];

/** Options of requests, of the page and of the runtime's metrics. */
const OPTIONS = [
  "registry",
  "port",
  "host",
  "authorize",
  "measureScrapes",
  "maxConcurrent",
  "labels",
  "labelNames",
  "method",
  "metrics",
  "duration",
  "timeToHeaders",
  "own",
  "name",
  "limit",
  "conventions",
  "streamAfterSeconds",
  "exclude",
  "only",
  "gcBuckets",
];

const UPDATES = `
  const registry = new Registry({ labels: { service: "test" } });
  const plain = registry.counter({ name: "plain", help: "" });
  plain.inc();
  const small = registry.counter({ name: "small", help: "", labels: ["a"] });
  for (const a of ["x", "x", "y"]) small.inc({ a });
  small.labels({ a: "x" }).inc();
  const large = registry.counter({ name: "large", help: "", labels: ["a", "b"] });
  plain.inc(2, {});
  for (let a = 0; a < 2000; a += 1) large.inc({ a, b: "z" });
  large.inc({ b: "z", a: "1999" });
  registry.gauge({ name: "gauge", help: "", collect: () => 4 });
  registry.histogram({ name: "histogram", help: "", native: true }).observe(1);
  registry.summary({ name: "summary", help: "", labels: ["a"] }).observe({ a: 1 }, 2);
  registry.stateSet({ name: "state", help: "", states: ["on"] }).set("on", true);
  registry.info({ name: "info", help: "" }).set({ version: "1" });
  let missing = false;
  try { small.inc({}); } catch { missing = true; }
  if (!missing) throw new Error("an inherited label was taken for a given one");
  registry.text().then((page) => {
    for (const line of [
      'plain_total{service="test"} 3',
      'small_total{service="test",a="x"} 3',
      'small_total{service="test",a="y"} 1',
      'large_total{service="test",a="1999",b="z"} 2',
      'gauge{service="test"} 4',
      'histogram_count{service="test"} 1',
      'summary_count{service="test",a="1"} 1',
      'state{service="test",state="on"} 1',
      'info_info{service="test",version="1"} 1',
    ]) if (!page.split("\\n").includes(line)) throw new Error(line + " is not on the page\\n" + page);
    if (page.includes("polluted")) throw new Error(page);
  });
`;

async function run(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: repository });
  return stdout + stderr;
}

test.each(NAMES)(
  "a property %s of Object.prototype changes no update and no page",
  async (name) => {
    const value = name === "each" ? "() => {}" : '"polluted"';
    const pollute = `Object.prototype[${JSON.stringify(name)}] = ${value};`;
    const load = 'const { Registry } = await import("narthex");';
    expect(await run("--input-type=module", "-e", pollute + load + UPDATES)).toBe("");
  },
);

test("no property of Object.prototype is an option of requests, the page or the runtime", async () => {
  // Node's own servers and requests may not work with one, so that it is there only meanwhile.
  const application = `
    import { createServer } from "node:http";
    import { Registry } from "narthex";
    import { httpMetrics } from "narthex/node";
    import { measureOutgoing } from "narthex/http";
    import { collectRuntime } from "narthex/runtime";
    for (const name of ${JSON.stringify(OPTIONS)}) {
      for (const value of ["polluted", 1, () => false, ["polluted"]]) {
        const registry = new Registry();
        const server = createServer((request, response) => response.end());
        Object.prototype[name] = value;
        try {
          httpMetrics(server, { registry });
          measureOutgoing({ registry })();
          collectRuntime(registry, {})();
        } catch (error) {
          console.log(name, error);
        }
        delete Object.prototype[name];
        await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
        const at = "http://127.0.0.1:" + server.address().port;
        await (await fetch(at + "/")).text();
        const page = await (await fetch(at + "/metrics")).text();
        if (!/^http_requests_total\\{method="GET",route="_unmatched",status_code="200"[^}]*\\} 1$/m.test(page)) {
          console.log(name, value, page);
        }
        server.close();
        server.closeAllConnections();
      }
    }`;
  expect(await run("--input-type=module", "-e", application)).toBe("");
});

test("it does not keep CommonJS modules from being loaded", async () => {
  const pollute = 'Object.prototype.polluted = "polluted";';
  const load = 'const { Registry } = require("narthex");';
  expect(await run("--input-type=commonjs", "-e", pollute + load + UPDATES)).toBe("");
});

test("an application starts under narthex/auto, and its requests are counted", async () => {
  const pollute = 'Object.prototype.polluted = "polluted";';
  const application = `
    import { createServer } from "node:http";
    import { metrics } from "narthex";
    const server = createServer((request, response) => response.end("served"));
    server.listen(0, "127.0.0.1", async () => {
      const { port } = server.address();
      console.log(await (await fetch("http://127.0.0.1:" + port)).text());
      const page = await metrics.text();
      console.log(page.split("\\n").find((line) => line.startsWith("http_requests_total")));
      process.exit();
    });`;
  const output = await run(
    ...["--import", `data:text/javascript,${encodeURIComponent(pollute)}`],
    ...["--import", "narthex/auto", "--input-type=module", "-e", application],
  );
  expect(output).toContain("served");
  expect(output).toMatch(/http_requests_total\{.*status_code="200".*\} 1/);
});
