import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { columns, figures } from "../bench/http/bench.mjs";
import { coresOf } from "../bench/http/cores.mjs";
import { frameworks, loadFramework } from "../bench/http/frameworks.mjs";
import { HttpLoad } from "../bench/http/load.mjs";
import { userOf } from "../bench/http/servers/application.mjs";
import { startVariant } from "../bench/http/variant-process.mjs";
import { table } from "../bench/report.mjs";
import { countedOn } from "../bench/samples.mjs";
import { quick } from "../bench/scale.mjs";
import { judge, overheadOf3, throughputNearControl, throughputOf } from "../bench/targets.mjs";
import { TaskProcess } from "../bench/task-process.mjs";
import { repository } from "../scripts/repository.mjs";
import { run } from "../scripts/run.mjs";

const PAGE = join(repository, "docs/benchmarks.md");

describe("npm run bench:http -- --quick", () => {
  it("finds all requests on all pages, measures everything, and writes nothing", async () => {
    const before = readFileSync(PAGE, "utf8");
    const { stdout } = await run(
      process.execPath,
      ["bench/main.mjs", "--http", "--quick", "--node=this"],
      { cwd: repository },
    );
    const rows = stdout.split("\n").filter((line) => line.startsWith("| "));
    const all = await Promise.all(Object.keys(frameworks).map(loadFramework));
    expect(rows).toHaveLength(1 + all.flatMap(({ variants }) => variants).length);
    for (const row of rows.slice(1)) expect(row).toMatch(/^\| \S[^|]+ \| [\d,]+ +\| .* µs +\|/);
    expect(readFileSync(PAGE, "utf8")).toBe(before);
  }, 180_000);
});

describe("a server that does not count all requests", () => {
  it("is not measured", async () => {
    /** Its page shows milliseconds there. */
    const counts = { name: "ms_total" };
    const [, clock] = (await loadFramework("node:http")).variants;
    const client: TaskProcess<typeof import("../bench/http/load.mjs")> = await TaskProcess.start(
      new URL("../bench/http/load.mjs", import.meta.url),
    );
    const cores = { server: [], client: [], note: "" };
    const measuring = { scale: quick.http, cores, client };
    const started = await startVariant("node:http", { ...clock!, counts }, measuring);
    try {
      await expect(started.warm()).rejects.toThrow(/^the clock, .* counts .* where \d+ were sent$/);
    } finally {
      await started.stop();
      await client.stop();
    }
  });
});

describe("HttpLoad", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  /** Opens a load of two connections on a server that answers so. */
  async function loadOf(listener: RequestListener) {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return HttpLoad.open((server.address() as AddressInfo).port, 2);
  }

  const user = (url = "") => JSON.stringify(userOf(url.slice("/users/".length)));

  it("asks for many users, and knows how often", async () => {
    const urls: (string | undefined)[] = [];
    const load = await loadOf(({ url }, response) => {
      urls.push(url);
      response.end(user(url));
    });
    const ran = await load.run(50);
    load.close();
    expect(load.requests).toBe(urls.length);
    expect(ran.requests).toBe(urls.length - 1);
    expect(ran.seconds).toBeGreaterThan(0.049);
    expect(new Set(urls).size).toBeGreaterThan(1);
  });

  it("reads an answer that comes in parts", async () => {
    let answers = 0;
    const load = await loadOf((request, response) => {
      answers += 1;
      const body = user(request.url);
      response.setHeader("content-length", body.length);
      response.write(body.slice(0, 5));
      setImmediate(() => response.end(body.slice(5)));
    });
    await load.run(20);
    load.close();
    expect(load.requests).toBe(answers);
  });

  it.each<[string, RequestListener, string]>([
    [
      "another status",
      (_, response) => response.writeHead(500).end(),
      "not an answer: HTTP/1.1 500",
    ],
    ["more", ({ url }, response) => response.end(`${user(url)} `), "longer than the first"],
    ["nothing", ({ socket }) => socket.end(), "the server closed a connection"],
  ])("fails on %s", async (_, listener, message) => {
    let requests = 0;
    const load = await loadOf((request, response) => {
      requests += 1;
      if (requests < 5) response.end(user(request.url));
      else listener(request, response);
    });
    await expect(load.run(10_000)).rejects.toThrow(message);
    load.close();
  });

  it("fails where the first answer is not the user", async () => {
    await expect(loadOf((_, response) => response.end("{}"))).rejects.toThrow(
      "strictly deep-equal",
    );
  });
});

describe("what a page has counted", () => {
  const page = [
    "# TYPE requests_total counter",
    'requests_total{method="GET",route="/users/:id"} 3',
    'requests_total{method="HEAD",route="/users/:id"} 4',
    'requests_total{method="GET",route="/metrics"} 5',
    'other_total{route="/users/:id"} 6',
  ].join("\n");

  it("is the sum of the samples that are meant", () => {
    expect(countedOn(page, { name: "requests_total" })).toBe(12);
    expect(countedOn(page, { name: "requests_total", labels: { route: "/users/:id" } })).toBe(7);
    expect(countedOn(page, { name: "requests", labels: {} })).toBe(0);
  });
});

describe("figures", () => {
  const turn = (requestsPerSecond: number, cpuMicros: number) => ({
    requestsPerSecond,
    cpuMicros,
    serverBusy: 1,
    clientBusy: 0.5,
  });
  const without = [turn(100, 10), turn(200, 20), turn(50, 40)];

  it("compare each turn with that of the same round", () => {
    const all = figures([turn(90, 11), turn(100, 23), turn(40, 42)], without);
    expect(all).toEqual({ ...turn(90, 23), ratio: 0.8, overheadMicros: 2 });
  });

  it("compare nothing with itself", () => {
    expect(figures(without, without)).toEqual(turn(100, 20));
  });
});

describe("targets of bench:http", () => {
  const control = { ratio: 0.96, overheadMicros: 0 };
  const measured = { ratio: 0.95, overheadMicros: 3 };

  it.each([
    [throughputOf(0.95), true],
    [throughputOf(0.951), false],
    [throughputNearControl(0.02), true],
    [throughputNearControl(0.005), false],
    [overheadOf3, true],
  ])("%#: are reached or not", ({ isReached }, reached) => {
    expect(isReached(measured, control)).toBe(reached);
  });

  it("are not reached by more than 3 µs, nor without a control", () => {
    expect(overheadOf3.isReached({ ratio: 1, overheadMicros: 3.1 })).toBe(false);
    expect(throughputNearControl(0.02).isReached(measured)).toBe(false);
  });

  it("stand in the table", () => {
    const row = {
      framework: "node:http",
      variant: "narthex/node",
      requestsPerSecond: 1000,
      cpuMicros: 10,
      serverBusy: 1,
      clientBusy: 0.5,
      ...measured,
      targets: judge([throughputOf(0.9), throughputOf(0.99)], measured),
    };
    const [, , line = ""] = table(columns, [row]).split("\n");
    expect(line.split(/ *\| */).slice(1, -1)).toEqual([
      "node:http, narthex/node",
      "1,000",
      "0.950",
      "10 µs",
      "3 µs",
      "at least 0.9; at least 0.99",
      "yes; **no**",
      "100 %",
      "50 %",
    ]);
  });
});

it("reads lists of cores", () => {
  expect(coresOf("0,2-4,7")).toEqual([0, 2, 3, 4, 7]);
});
