import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { realServer } from "./real-servers.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const prometheus = await realServer("prometheus");
// The ports are fixed in Prometheus's configuration, so a developer's running stack is in the way.
const hasPorts = process.env.CI === "true" || ((await isFree(5000)) && (await isFree(9090)));
if (!hasPorts) process.stderr.write("Port 5000 or 9090 is in use: the stack is not tested.\n");

let folder: string;
let stack: ChildProcess;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "narthex-stack-"));
});
afterEach(async () => {
  if (stack.exitCode === null) {
    stack.kill("SIGTERM");
    await once(stack, "exit");
  }
  rmSync(folder, { recursive: true });
});

function startStack(env: Record<string, string> = {}) {
  const DATABASE_URL = `file:${join(folder, "articles.db")}`;
  printed = "";
  stack = spawn(process.execPath, [join(repository, "scripts/stack.mjs")], {
    env: { ...process.env, LOG_LEVEL: "error", DATABASE_URL, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [stack.stdout!, stack.stderr!]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
  }
}

describe.skipIf(!prometheus || !hasPorts)("npm run stack", { timeout: 120_000 }, () => {
  it("starts the service and a Prometheus that scrapes it, and stops both", async () => {
    startStack();
    await vi.waitFor(() => expect(printed).toContain("Ctrl-C stops both."), 60_000);
    expect(printed).toMatch(
      /It has loaded deploy\/rules\.yml: \d\d recording rules and 4 alerts\./,
    );
    // The link that it prints shows something.
    const [link] = /http:\S+query=http_request_count_total/.exec(printed) ?? [];
    expect(await (await fetch(link!)).text()).toContain('"endpoint":"readyz"');
    await fetch("http://127.0.0.1:5000/");
    await vi.waitFor(
      async () =>
        expect(await healthOfTargets()).toEqual({ "app-metrics": "up", prometheus: "up" }),
      { timeout: 50_000, interval: 250 },
    );
    // The next scrape contains the request.
    const hello = 'endpoint="hello",job="app-metrics"';
    await vi.waitFor(
      async () => expect(await answerTo(`http_request_count_total{${hello}}`)).toEqual([1]),
      { timeout: 50_000, interval: 250 },
    );
    const [median] = await answerTo(
      `histogram_quantile(0.5, http_request_latency_seconds_bucket{${hello}})`,
    );
    expect(median).toBeGreaterThan(0);
    expect(median).toBeLessThanOrEqual(10);
    expect(await answerTo("up")).toEqual([1, 1]);
    // What the rules record is there after their next evaluation.
    await vi.waitFor(
      async () => expect((await answerTo("slo:objective:ratio")).sort()).toEqual([0.95, 0.999]),
      { timeout: 50_000, interval: 250 },
    );

    stack.kill("SIGTERM");
    expect(await once(stack, "close")).toEqual([0, null]);
    expect(printed).toContain("stack: SIGTERM: stopping the service and Prometheus …");
    expect(printed).toContain("articles stopped: every request is answered");
    expect(printed).toMatch(/stack: both have stopped\. .*\n$/);
    expect(await isFree(5000)).toBe(true);
    expect(await isFree(9090)).toBe(true);
  });

  it("stops the service and fails when Prometheus ends", async () => {
    startStack({ NARTHEX_PROMETHEUS: shortLivedPrometheus() });
    expect(await once(stack, "close")).toEqual([1, null]);
    expect(printed).toContain("ended with code 7");
    expect(await isFree(5000)).toBe(true);
  });

  it("says which port is in use", async () => {
    const other = await listen(9090);
    startStack();
    expect(await once(stack, "close")).toEqual([1, null]);
    expect(printed).toMatch(/^Port 9090 cannot be used \(EADDRINUSE\)\. .*\n$/);
    await close(other);
  });
});

async function healthOfTargets() {
  const response = await fetch("http://127.0.0.1:9090/api/v1/targets");
  const { data } = (await response.json()) as {
    data: { activeTargets: { scrapePool: string; health: string }[] };
  };
  return Object.fromEntries(
    data.activeTargets.map(({ scrapePool, health }) => [scrapePool, health]),
  );
}

/** The values of an instant query to Prometheus. */
async function answerTo(query: string): Promise<number[]> {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(query)}`;
  const { data } = (await (await fetch(url)).json()) as {
    data: { result: { value: [number, string] }[] };
  };
  return data.result.map(({ value }) => Number(value[1]));
}

/** A fake Prometheus that reports ready once, then exits. */
function shortLivedPrometheus() {
  const file = join(folder, "prometheus");
  const program = `#!/usr/bin/env node
    if (process.argv.includes("--version")) console.log("prometheus, version 3.0.0");
    else require("node:http").createServer((_, response) => {
      response.end("ready");
      setTimeout(() => process.exit(7), 500);
    }).listen(9090, "127.0.0.1");`;
  writeFileSync(file, program);
  chmodSync(file, 0o755);
  return file;
}

async function isFree(port: number) {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false;
  }
}

async function listen(port: number) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function close(server: Server) {
  server.close();
  await once(server, "close");
}
