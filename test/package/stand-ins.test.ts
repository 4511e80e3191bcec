import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { type Installed, install, manifest } from "./installed.ts";

/** What other packages get in the place of what they name. */
const STAND_INS = {
  "prom-client": "narthex-prom-client",
  "@prometheus-io/client": "narthex-prometheus-io-client",
};

let installed: Installed;

/** An application whose dependency names the old packages, and that overrides them. */
beforeAll(async () => {
  installed = install();
  const { folder, run } = installed;
  const overrides: Record<string, string> = {};
  for (const [old, name] of Object.entries(STAND_INS)) {
    overrides[old] = `file:./${await pack(join(repository, "packages", name))}`;
  }
  const middleware = join(folder, "middleware");
  mkdirSync(middleware);
  const names = {
    name: "middleware",
    version: "1.0.0",
    peerDependencies: { "prom-client": ">=15.0.0" },
    dependencies: { "@prometheus-io/client": "^0.16.1" },
  };
  writeFileSync(join(middleware, "package.json"), JSON.stringify(names));
  const code = Object.keys(STAND_INS).map((old) => `exports["${old}"] = require("${old}");\n`);
  writeFileSync(join(middleware, "index.js"), code.join(""));
  const dependencies = {
    narthex: `file:./${await pack(join(folder, "node_modules/narthex"))}`,
    middleware: `file:./${await pack(middleware)}`,
    ...overrides,
  };
  const application = { private: true, dependencies, overrides };
  writeFileSync(join(folder, "package.json"), JSON.stringify(application));
  await run("npm", "install", "--offline", "--no-audit", "--no-fund");
});
afterAll(() => installed.remove());

/** Packs a folder into that of the application; gives the name of the file. */
async function pack(path: string): Promise<string> {
  const { folder, run } = installed;
  const { stdout } = await run(
    "npm",
    "pack",
    "--ignore-scripts",
    "--json",
    path,
    `--pack-destination=${folder}`,
  );
  const [{ filename }] = Object.values<{ filename: string }>(JSON.parse(stdout)) as [
    { filename: string },
  ];
  return filename;
}

async function evaluate(program: string) {
  const args = ["--input-type=module", "--eval", program];
  const { stdout, stderr } = await installed.run(process.execPath, ...args);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe.each(Object.entries(STAND_INS))("in the place of %s", (old, name) => {
  test(`who requires it by name, and who imports it, get ${name} and one registry`, async () => {
    const program = `
      import middleware from "middleware";
      import client, { Counter, register } from "${old}";
      import { metrics } from "narthex";
      const theirs = middleware["${old}"];
      new theirs.Counter({ name: "theirs", help: "Theirs." }).inc();
      new Counter({ name: "ours", help: "Ours." }).inc(2);
      client.contentType = theirs.openMetricsContentType;
      const type = register.contentType;
      client.contentType = theirs.prometheusContentType;
      console.log(JSON.stringify({
        isOne: client === theirs && theirs.register === register,
        page: await register.metrics(),
        shared: await metrics.text(),
        types: [type, theirs.contentType],
      }));
      process.exit();`;
    const { isOne, page, shared, types } = await evaluate(program);
    expect(isOne).toBe(true);
    expect(page).toMatch(/\ntheirs 1\n.*\nours 2\n/s);
    expect(shared).toMatch(/\ntheirs(_total)? 1\n.*\nours(_total)? 2\n/s);
    expect(types).toEqual([
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
  });

  test("its exports, and the files in lib/, are those of the original", async () => {
    const program = `
      import { createRequire } from "node:module";
      const require = createRequire(${JSON.stringify(join(installed.folder, "x.js"))});
      const client = require("${old}");
      const registry = new client.Registry();
      const files = ["eventLoopLag", "gc", "heapSizeAndUsed", "heapSpacesSizeAndUsed", "osMemoryHeap",
        "processCpuTotal", "processHandles", "processMaxFileDescriptors", "processOpenFileDescriptors",
        "processRequests", "processResources", "processStartTime", "version"];
      for (const file of files) require("${old}/lib/metrics/" + file + ".js")(registry, { prefix: "x_" });
      const { linearBuckets } = require("${old}/lib/bucketGenerators");
      console.log(JSON.stringify({
        missing: Object.keys(client).filter((name) => client[name] === undefined),
        same: [require("${old}/lib/registry") === client.Registry, linearBuckets === client.linearBuckets],
        names: registry.getMetricsAsArray().map(({ name }) => name),
      }));
      process.exit();`;
    const { missing, same, names } = await evaluate(program);
    expect(missing).toEqual([]);
    expect(same).toEqual([true, true]);
    expect(names).toContain("x_nodejs_version_info");
    expect(names).toContain("x_process_cpu_seconds_total");
    expect(names.length).toBeGreaterThan(20);
  });

  test("it has the original's version, so that peer ranges fit, and its types", async () => {
    const file = join(installed.folder, "node_modules", old, "package.json");
    const { name: installedName, version, dependencies } = JSON.parse(readFileSync(file, "utf8"));
    expect(installedName).toBe(name);
    expect(version).toBe(old === "prom-client" ? "15.1.3" : "0.16.1");
    expect(dependencies).toEqual({ narthex: `^${manifest.version}` });
    writeFileSync(
      join(installed.folder, "types.cts"),
      `import client, { contentType, Counter, register, type Registry } from "${old}";
      const registry: Registry = register;
      const counter: client.Counter<"a"> = new Counter({ name: "a", help: "A.", labelNames: ["a"] });
      counter.inc({ a: 1 });
      // @ts-expect-error
      counter.inc({ b: 1 });
      export const text: string = contentType + client.contentType + registry.contentType;`,
    );
    installed.link("@types/node", "undici-types");
    const tsc = join(repository, "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--module", "node16", "--target", "es2022"];
    const { stdout } = await installed
      .run(process.execPath, tsc, ...options, "--types", "node", "types.cts")
      .catch((error) => error);
    expect(stdout).toBe("");
  }, 120_000);
});
