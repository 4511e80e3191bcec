import cluster from "node:cluster";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Arena } from "../../src/aggregate/memory/arena.ts";
import { joinProcesses } from "../../src/aggregate/processes.ts";
import { readReport, reportOf } from "../../src/aggregate/region/format.ts";
import { joinThreads } from "../../src/aggregate/threads.ts";
import { speak } from "../../src/auto/say.ts";
import { serveMetrics as serveByAuto } from "../../src/auto/serve-metrics.ts";
import { parse } from "../../src/exposition/parse/index.ts";
import { httpMetrics as expressMetrics } from "../../src/http/express/index.ts";
import { httpMetrics, monitor } from "../../src/http/node/index.ts";
import { warnOfOneWorker } from "../../src/http/page/one-worker.ts";
import { serveMetrics } from "../../src/http/serve/index.ts";
import { NarthexError, Registry } from "../../src/index.ts";
import { Pushgateway } from "../../src/push/pushgateway/index.ts";
import { writeTextfile } from "../../src/textfile/index.ts";
import { listen } from "../listening.ts";
import { codeBlocksOf, repository } from "./code-blocks.ts";

const PAGES = ["docs/errors.md", "docs/troubleshooting.md"];

/** What brings each message about; each of them gets a registry of its own. */
const SITUATIONS: readonly ((registry: Registry) => unknown)[] = [
  (registry) => registry.counter({ name: "", help: "" }),
  (registry) => registry.counter({ name: "my-counter", help: "" }),
  (registry) => registry.counter({ name: "orders", help: "", labelNames: ["plan"] } as never),
  (registry) => {
    registry.counter({ name: "orders", help: "Orders." });
    registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
  },
  (registry) => {
    registry.histogram({ name: "orders", help: "Orders." });
    registry.gauge({ name: "orders_count", help: "Orders." });
  },
  (registry) => registry.histogram({ name: "latency_seconds", help: "", buckets: [5, 1] }),
  () => httpMetrics(createServer(), { port: 70_000 }),
  (registry) => registry.histogram({ name: "latency_seconds", help: "", labels: ["le"] }),
  (registry) => orders(registry).inc({ plna: "free" } as never),
  (registry) => orders(registry).inc({ plan: undefined as never }),
  (registry) => orders(registry).inc({ plan: "free" }, -1),
  (registry) =>
    orders(registry).inc({ plan: "free" }, 1, { exemplar: { message: "x".repeat(200) } }),
  () => orders(new Registry({ strict: false })).inc({ plna: "free" } as never),
  () => parse("not a page\n"),
  async (registry) => {
    const page = await registry.expose();
    page.release();
    return page.body;
  },
  () => writeTextfile("/nowhere/shop.prom"),
  (registry) => new Pushgateway("http://127.0.0.1:2", { job: "backup", registry }).push(),
  (registry) => {
    const fetch = async () => new Response("pushed metrics are invalid: …", { status: 400 });
    return new Pushgateway("http://127.0.0.1:2", { job: "backup", registry, fetch }).push();
  },
  (registry) => {
    registry.counter({ name: "orders", help: "Orders.", labels: ["job"] }).inc({ job: "mail" });
    return new Pushgateway("http://127.0.0.1:2", { job: "backup", registry }).push();
  },
  async (registry) => serveMetrics({ port: await takenPort(), registry }),
  async (registry) => {
    const metricsServer = monitor(createServer(), { port: await takenPort(), registry });
    await once(metricsServer, "error").catch(() => {});
  },
  async (registry) => {
    const settings = { host: "127.0.0.1", port: await takenPort(), path: "/metrics", registry };
    await once(serveByAuto(settings as never), "error").catch(() => {});
  },
  async (registry) => {
    const directory = mkdtempSync(join(tmpdir(), "narthex-folder-"));
    const membership = joinProcesses(registry, { group: "ports", directory });
    const settings = { host: "127.0.0.1", port: await takenPort(), path: "/metrics", registry };
    const metricsServer = serveByAuto(settings as never);
    await once(metricsServer, "error").catch(() => {});
    metricsServer.close();
    membership.leave();
    rmSync(directory, { recursive: true });
  },
  () => expressMetrics({ headers: {} } as never),
  () => {
    Reflect.set(cluster, "isWorker", true);
    warnOfOneWorker({});
    Reflect.set(cluster, "isWorker", false);
  },
  (registry) => joinProcesses(registry),
  (registry) => {
    const directory = mkdtempSync(join(tmpdir(), "narthex-folder-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    symlinkSync(directory, join(directory, `narthex-${process.getuid?.()}`));
    joinProcesses(registry, { group: "shop", directory });
  },
  (registry) => {
    const directory = mkdtempSync(join(tmpdir(), "narthex-folder-"));
    joinThreads(registry, { group: "messages" });
    const membership = joinProcesses(registry, { group: "shop", directory });
    onTestFinished(() => {
      membership.leave();
      rmSync(directory, { recursive: true });
    });
    joinProcesses(registry, { group: "bar" });
  },
  () => void Arena.make().allocate(1, 1, 2 ** 31),
  () => void readReport(Buffer.from("something else")),
  () => {
    const report = Buffer.from(reportOf({}, []));
    report.writeUInt32LE(99, 8);
    readReport(report);
  },
  (registry) => {
    const logins = registry.counter({ name: "logins", help: "", labels: ["tenant"], limit: 1 });
    logins.inc({ tenant: "a" });
    logins.inc({ tenant: "b" });
  },
  (registry) => poolSize(registry, () => Promise.reject(new Error("the database is away"))),
  (registry) => poolSize(registry, () => ({}) as number),
  (registry) => {
    const labels = ["queue"] as const;
    const pairs = [[{ queue: "mail" }, 1] as const, [{ queue: "mail" }, 2] as const];
    registry.gauge({ name: "queue_jobs", help: "", labels, collect: () => pairs });
    return registry.text();
  },
  async (registry) => {
    const authorize = () => {
      throw new Error("no tokens");
    };
    const server = createServer();
    httpMetrics(server, { registry, authorize });
    await fetch(`${await listen(server)}/metrics`);
    server.close();
  },
  (registry) => {
    Reflect.set(globalThis, Symbol.for("narthex.groups"), new Map([["threads versions", 0]]));
    joinThreads(registry, { group: "versions" });
  },
  async () => {
    const protocols = Symbol.for("narthex.protocols");
    vi.resetModules();
    Reflect.set(globalThis, protocols, new Set([0]));
    await import("../../src/process-wide.ts");
  },
];

test("the messages that pages quote are those that are printed, and errors have the code of their section", async () => {
  const { warned, thrown } = await happened();
  for (const { place, language, code: quote } of PAGES.flatMap(codeBlocksOf)) {
    if (language !== "text") continue;
    const quoted = pattern(quote);
    const all = [...warned, ...thrown.keys()];
    expect.soft(all, place).toContainEqual(expect.stringMatching(quoted));
    const section = sectionOf(place);
    if (section === undefined) continue;
    const codes = [...thrown].flatMap(([message, code]) => (quoted.test(message) ? [code] : []));
    expect.soft(new Set(codes), place).toEqual(new Set([section]));
  }
});

test("every code of an error has a section", () => {
  const source = page("src/errors.ts");
  const codes = [...source.matchAll(/^ {2}\| "(NARTHEX_\w+)"/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(8);
  expect([...page("docs/errors.md").matchAll(SECTION)].map(([, code]) => code)).toEqual(codes);
});

const SECTION = /^## (NARTHEX_\w+)$/gm;

/** What was said and thrown, the latter with its code. */
async function happened() {
  const warned: string[] = [];
  const thrown = new Map<string, string>();
  vi.spyOn(process, "emitWarning").mockImplementation((message) => warned.push(String(message)));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => warned.push(String(text)) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
  speak();
  for (const happen of SITUATIONS) {
    try {
      await happen(new Registry());
    } catch (error) {
      if (!(error instanceof NarthexError)) throw error;
      thrown.set(error.message, error.code);
    }
  }
  return { warned, thrown };
}

/** The code whose section of docs/errors.md a quote is in. */
function sectionOf(place: string): string | undefined {
  const [path = "", line] = place.split(":");
  const before = page(path).split("\n").slice(0, Number(line)).join("\n");
  return [...before.matchAll(SECTION)].at(-1)?.[1];
}

function page(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

/** A pattern for a quoted message, in which `…` stands for anything. */
function pattern(quote: string): RegExp {
  const parts = quote.trimEnd().split("…");
  return new RegExp(
    parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*"),
    "s",
  );
}

function orders(registry: Registry) {
  return registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
}

function poolSize(registry: Registry, collect: () => number | Promise<number>): Promise<string> {
  registry.gauge({ name: "pool_size", help: "Connections.", collect });
  return registry.text();
}

/** A port on which somebody else listens. */
async function takenPort(): Promise<number> {
  const server = createServer();
  const url = await listen(server);
  server.unref();
  return Number(new URL(url).port);
}
