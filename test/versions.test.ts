import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, get, type RequestListener, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";
import { afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { expectCounts } from "./contracts/counts.ts";
import { listen } from "./listening.ts";
import { parseTextPage } from "./text-page.ts";

/** What the tests use of a version of the package. */
interface Version {
  express: typeof import("../src/http/express/index.ts").httpMetrics;
  httpMetrics: typeof import("../src/http/node/index.ts").httpMetrics;
  joinProcesses: typeof import("../src/aggregate/processes.ts").joinProcesses;
  joinThreads: typeof import("../src/aggregate/threads.ts").joinThreads;
  measureOutgoing: typeof import("../src/http/outgoing/measure-outgoing.ts").measureOutgoing;
  metrics: import("../src/registry/registry.ts").Registry;
}

const SOURCE = resolve(import.meta.dirname, "../src");

/** Members that copies of the package use of each other, by names that no object of Node has. */
const MEMBERS = [
  "begin",
  "breakOff",
  "excludes",
  "finish",
  "needsHead",
  "newest",
  "noticeHead",
  "record",
  "recordRejected",
  "routedBy",
  "timesHeads",
  "watchServerOf",
  "withdraw",
];

/** Builds the package as another version of it might be, with members that have other names. */
async function versionOf(protocol: number, renamed: readonly string[] = []): Promise<Script> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { httpMetrics as express } from "./http/express/index.ts";
        export { httpMetrics } from "./http/node/index.ts";
        export { joinProcesses } from "./aggregate/processes.ts";
        export { joinThreads } from "./aggregate/threads.ts";
        export { measureOutgoing } from "./http/outgoing/measure-outgoing.ts";
        export { metrics } from "./registry/metrics.ts";`,
      resolveDir: SOURCE,
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    ...(renamed.length > 0 && { mangleProps: new RegExp(`^(${renamed.join("|")})$`) }),
    plugins: [
      {
        name: "protocol",
        setup: ({ onLoad }) =>
          onLoad({ filter: /process-wide\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, "utf8");
            const contents = text.replace(/PROTOCOL = \d+/, `PROTOCOL = ${protocol}`);
            return { contents, loader: "ts" };
          }),
      },
    ],
  });
  return new Script(`(function (module, exports, require) {${outputFiles[0]?.text}\n})`);
}

const require = createRequire(import.meta.url);
/** The module as the built versions see it. */
const channels: typeof import("node:diagnostics_channel") = require("node:diagnostics_channel");

/** Evaluates a version: in this global scope, or in a fresh one, as test runners do for each file. */
function load(script: Script, scope?: object): Version {
  const evaluate = scope === undefined ? script.runInThisContext() : script.runInContext(scope);
  const module = { exports: {} };
  evaluate(module, module.exports, require);
  return module.exports as Version;
}

function freshScope(): object {
  // Objects of Node's are the same in all scopes; of the language, each scope has its own.
  return createContext({
    process,
    performance,
    Buffer,
    TextDecoder,
    TextEncoder,
    URL,
    AbortController,
    setTimeout,
    clearTimeout,
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

async function listening(listener: RequestListener = hello) {
  const server = createServer(listener);
  return { server, url: await listen(server) };
}

const hello: RequestListener = (_request, response) => response.writeHead(200).end("hello");

function counted({ metrics }: Version, requests: number): Promise<void> {
  return expectCounts(metrics, { "GET _unmatched 200 ok": requests });
}

let protocol = 1000;
let one: Script;
beforeAll(async () => {
  one = await versionOf(protocol);
});

test("versions with different protocols measure the same requests, each in its own registry", async () => {
  const warned = vi.spyOn(process, "emitWarning");
  protocol += 1;
  const first = load(one);
  const second = load(await versionOf(protocol, MEMBERS));
  expect(second.metrics).not.toBe(first.metrics);
  expect(warned.mock.calls.map(([message]) => message)).toEqual([
    expect.stringContaining("can't share their metrics"),
  ]);
  const { server, url } = await listening();
  first.httpMetrics(server);
  second.httpMetrics(server, { path: "/second" });
  for (const path of ["/a", "/b", "/c"])
    expect(await (await fetch(url + path)).text()).toBe("hello");
  await counted(first, 3);
  await counted(second, 3);
  expect(warned).toHaveBeenCalledTimes(1);
});

test("a version can't join the group that another one has joined: what both measure would be there twice", async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  protocol += 1;
  const [first, second] = [load(one), load(await versionOf(protocol))];
  const directory = await mkdtemp(join(tmpdir(), "narthex-versions-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const options = { group: "shop", directory };
  const memberships = [
    first.joinProcesses(first.metrics, options),
    second.joinProcesses(second.metrics, { ...options, group: "another" }),
  ];
  second.metrics.counter({ name: "work", help: "" }).inc();
  expect(await second.metrics.text()).toMatch(/^work_total 1$/m);
  for (const membership of memberships) membership.leave();
  const again = () => second.joinProcesses(second.metrics, options);
  expect(again).toThrow(/another version of narthex .* has joined this group/);
  const threads = first.joinThreads(first.metrics, { group: "versions" });
  expect(() => second.joinThreads(second.metrics, { group: "versions" })).toThrow(
    /joinThreads: ano/,
  );
  threads.leave();
});

test.each(MEMBERS)(
  "a version that has no %s, in spite of its protocol, costs no request its answer",
  async (member) => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    for (const [before, after] of [
      [[member], []],
      [[], [member]],
    ]) {
      for (const isServerFirst of [true, false]) {
        protocol += 1;
        const first = load(await versionOf(protocol, before));
        const second = load(await versionOf(protocol, after));
        expect(second.metrics).toBe(first.metrics);
        let middleware = isServerFirst ? undefined : second.express();
        const { server, url } = await listening((request, response) =>
          middleware?.(request, response, () => response.writeHead(200).end("hello")),
        );
        first.httpMetrics(server, { path: "/first" });
        middleware ??= second.express();
        for (const path of ["/a", "/b"]) {
          expect(await (await fetch(url + path)).text()).toBe("hello");
        }
      }
    }
  },
);

test("in fresh global scopes nothing piles up on what is Node's, and the newest measures", async () => {
  protocol += 1;
  const script = await versionOf(protocol);
  const first = load(script, freshScope());
  const early = await listening();
  first.httpMetrics(early.server);
  await fetch(early.url);
  await counted(first, 1);
  const { writeHead } = ServerResponse.prototype;
  const second = load(script, freshScope());
  const late = await listening();
  second.httpMetrics(late.server);
  expect(second.metrics).not.toBe(first.metrics);
  expect(ServerResponse.prototype.writeHead).toBe(writeHead);
  await fetch(late.url);
  await counted(second, 1);
  await counted(first, 1);
});

test("in fresh global scopes there is one subscription to each channel of outgoing requests", async () => {
  protocol += 1;
  const script = await versionOf(protocol);
  const subscribed = vi.spyOn(channels, "subscribe");
  const unsubscribed = vi.spyOn(channels, "unsubscribe");
  const scopes = Array.from({ length: 5 }, () => load(script, freshScope()));
  const measuring = scopes.map(({ measureOutgoing }) => measureOutgoing());
  const names = subscribed.mock.calls.map(([name]) => name);
  expect(names).toContain("undici:request:create");
  expect(names).toEqual([...new Set(names)]);
  const { url } = await listening();
  await (await fetch(url)).text();
  await once(
    get(url, (response) => response.resume()),
    "close",
  );
  const count = "http_client_request_duration_seconds_count";
  const labels = { method: "GET", host: new URL(url).host, status_code: "200" };
  const counts = scopes.map(async ({ metrics }) => {
    return parseTextPage(await metrics.text()).value(count, labels);
  });
  await expect(Promise.all(counts)).resolves.toEqual([...Array(4).fill(undefined), 2]);
  for (const stop of measuring) stop();
  expect(unsubscribed.mock.calls.map(([name]) => name).sort()).toEqual(names.sort());
});
