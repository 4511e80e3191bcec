import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseTextPage, type TextPage } from "../text-page.ts";

const SET_UP_MS = 600_000;
const repository = fileURLToPath(new URL("../..", import.meta.url));

let folder: string;
let service: ChildProcess;
let printed = "";
let url: string;
let page: TextPage;

/** Clones the repository, runs `npm start`, sends the lab's four requests, and fetches the page. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "narthex-newcomer-"));
  execFileSync("git", ["clone", "--quiet", repository, folder]);
  service = spawn("npm", ["start"], {
    cwd: folder,
    env: newcomersEnvironment(),
    detached: true,
  });
  for (const stream of [service.stdout!, service.stderr!]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
  }
  url = await Promise.race([listening(), ended()]);
  await fetch(url);
  await fetch(new URL("articles", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ title: "First", body: "It works." }),
  });
  await fetch(new URL("nope", url));
  await fetch(new URL("articles", url));
  page = parseTextPage(await (await fetch(new URL("metrics", url))).text());
}, SET_UP_MS);

afterAll(() => {
  service?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** An environment without the variables of the test runner. */
function newcomersEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, PORT: "0", LOG_LEVEL: "warn", npm_config_prefer_offline: "true" };
}

async function listening(): Promise<string> {
  for (;;) {
    const url = /http:\/\/\S+\/(?=\n)/.exec(printed)?.[0];
    if (url !== undefined) return url;
    await once(service.stdout!, "data");
  }
}

async function ended(): Promise<never> {
  await once(service, "close");
  throw new Error(`npm start ended: ${printed}`);
}

test("npm start says where to look", () => {
  for (const path of ["/", "/articles", "/metrics", "/docs"]) {
    expect(printed).toMatch(new RegExp(`http://127\\.0\\.0\\.1:\\d+${path}\\n`));
  }
});

test("the page has the lab's families", () => {
  const lab = ["http_request_count_total", "http_request_latency_seconds", "article_count_total"];
  expect(
    lab.map((name) => [name, page.families.get(name)?.type, page.families.get(name)?.help]),
  ).toEqual([
    ["http_request_count_total", "counter", "Total HTTP Request Count"],
    ["http_request_latency_seconds", "histogram", "HTTP Request Latency"],
    ["article_count_total", "counter", "Total posted article Count"],
  ]);
});

test("each request is counted before it is handled, the scrape too", () => {
  const counts = page.families
    .get("http_request_count_total")
    ?.samples.map(({ labels, value }) => ({
      ...labels,
      value,
    }));
  expect(counts).toEqual([
    { method: "GET", endpoint: "hello", ip: "127.0.0.1", value: 1 },
    { method: "POST", endpoint: "add_article", ip: "127.0.0.1", value: 1 },
    { method: "GET", endpoint: "_unmatched", ip: "127.0.0.1", value: 1 },
    { method: "GET", endpoint: "list_articles", ip: "127.0.0.1", value: 1 },
    { method: "GET", endpoint: "metrics", ip: "127.0.0.1", value: 1 },
  ]);
});

test("the latency has the lab's buckets", () => {
  const name = "http_request_latency_seconds";
  const samples = page.families
    .get(name)
    ?.samples.filter(({ labels }) => labels.endpoint === "hello");
  const bounds = samples?.filter((sample) => sample.name === `${name}_bucket`);
  expect(bounds?.map(({ labels }) => labels.le)).toEqual(
    "0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 +Inf".split(" "),
  );
  expect(page.value(`${name}_count`, { method: "GET", endpoint: "hello" })).toBe(1);
  expect(page.value(`${name}_sum`, { method: "GET", endpoint: "hello" })).toBeGreaterThan(0);
});

test("the stored article is counted under its id", () => {
  const samples = page.families.get("article_count_total")?.samples;
  expect(samples).toHaveLength(1);
  expect(samples?.[0]?.labels.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(samples?.[0]?.value).toBe(1);
});

test("the page has the client library's own defaults", () => {
  const expected = [
    ["process_virtual_memory_bytes", "gauge"],
    ["process_resident_memory_bytes", "gauge"],
    ["process_start_time_seconds", "gauge"],
    ["process_cpu_seconds_total", "counter"],
    ["process_open_fds", "gauge"],
    ["process_max_fds", "gauge"],
    ["nodejs_version_info", "gauge"],
    ["nodejs_gc_duration_seconds", "histogram"],
  ] as const;
  expect(expected.map(([name]) => [name, page.families.get(name)?.type])).toEqual(expected);
});

test("SIGTERM stops the service without an error", async () => {
  // Signals the whole process group, as a terminal does.
  process.kill(-service.pid!, "SIGTERM");
  await once(service, "close");
  expect(printed).not.toMatch(/error/i);
  await expect(fetch(url)).rejects.toThrow();
}, 60_000);
