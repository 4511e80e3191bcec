import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { repository } from "../../../scripts/repository.mjs";
import { realServer } from "../../real-servers.ts";

const tools = await realServer("package-tools");

/** Serves the metrics in both ways, and prints where. */
const PROGRAM = `
import { Registry } from "narthex";
import { metricsHandler, serveMetrics } from "narthex/serve";

const registry = new Registry();
const many = registry.gauge({ name: "many", help: "Many.", labels: ["number"] });
for (let i = 0; i < 1000; i++) many.set({ number: i }, i);
const at = { hostname: "127.0.0.1", port: 0 };
const port = globalThis.Bun
  ? Bun.serve({ ...at, fetch: metricsHandler({ registry }) }).port
  : Deno.serve({ ...at, onListen() {} }, metricsHandler({ registry })).addr.port;
const server = await serveMetrics({ port: 0, registry });
const taken = await serveMetrics({ port, registry }).catch(({ code }) => code);
console.log(JSON.stringify([port, server.address().port, taken]));
`;

describe.skipIf(!tools)("on other runtimes", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-runtimes-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(repository, join(folder, "node_modules/narthex"), "junction");
    const files = { "package.json": '{ "type": "module" }', "serve.mjs": PROGRAM };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ["Bun", "@oven", "bin/bun", ["run", "--no-install"]],
    ["Deno", "@deno", "deno", ["run", "--allow-all", "--cached-only"]],
  ])("%s serves the metrics by its own server, and by Node's", async (_, scope, program, args) => {
    const [port, nodePort, taken] = await start(commandOf(scope, program), args);
    expect(taken).toBe("NARTHEX_LISTEN_FAILED");
    for (const url of [`http://127.0.0.1:${port}`, `http://127.0.0.1:${nodePort}`]) {
      const page = await fetch(`${url}/metrics`, { headers: { "accept-encoding": "gzip" } });
      expect(page.headers.get("content-encoding")).toBe("gzip");
      expect(await page.text()).toContain('\nmany{number="999"} 999\n');
      const one = await fetch(`${url}/metrics?name[]=narthex_scrapes`);
      expect(await one.text()).toContain('{result="ok"} ');
      const head = await fetch(`${url}/metrics`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1000);
      expect((await fetch(`${url}/metrics`, { method: "POST", body: "a" })).status).toBe(405);
      expect(await (await fetch(url)).text()).toContain('<a href="./metrics">');
      expect((await fetch(`${url}/other`)).status).toBe(404);
    }
  });

  function commandOf(scope: string, program: string): string {
    const packages = join(tools!, "runtimes/node_modules", scope);
    const [name = "missing"] = existsSync(packages) ? readdirSync(packages) : [];
    return join(packages, name, process.platform === "win32" ? `${program}.exe` : program);
  }

  async function start(command: string, args: readonly string[]) {
    const env = {
      ...process.env,
      DENO_NO_UPDATE_CHECK: "1",
      DENO_DIR: join(folder, "deno"),
    };
    const child = spawn(command, [...args, "serve.mjs"], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill());
    const [line] = await once(createInterface(child.stdout), "line");
    return JSON.parse(line) as [number, number, string];
  }
});
