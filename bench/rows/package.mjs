import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { run } from "../../scripts/run.mjs";
import { interleave, medians } from "../interleave.mjs";
import { atMost, halfOfPromClient, row } from "../targets.mjs";

/** @import { Measuring } from "../peers/bench.mjs" */
/** @import { Values } from "../targets.mjs" */

const bench = fileURLToPath(new URL("..", import.meta.url));
const importCost = fileURLToPath(new URL("import-cost.mjs", import.meta.url));
const modules = new URL("../../node_modules/", import.meta.url);

/** What it costs to import a peer, in a process that imports nothing else. */
export async function importRows(/** @type {Measuring} */ { scale, peers }) {
  const contenders = peers.map(({ name, packages }) => ({
    name,
    /** @returns {Promise<{ ms: number, bytes: number }>} */
    measure: async () => {
      const args = ["--expose-gc", importCost, ...packages];
      return JSON.parse((await run(process.execPath, args)).stdout);
    },
  }));
  // The first round brings the files into the machine's cache.
  await interleave(contenders, 1);
  const measured = await interleave(contenders, scale.importRounds);
  const ms = medians(measured, (cost) => cost.ms);
  const kilobytes = medians(measured, (cost) => cost.bytes / 1000);
  return [
    row("time to import", "ms", ms, [halfOfPromClient]),
    row("memory that an import takes", "kB", kilobytes, [halfOfPromClient]),
  ];
}

/** What a peer adds to an application. */
export async function sizeRows(/** @type {Measuring} */ { peers }) {
  /** @type {Record<"size" | "dependencies", Values>} */
  const values = { size: {}, dependencies: {} };
  for (const { name, packages } of peers) {
    values.size[name] = (await bundledBytes(packages)) / 1000;
    values.dependencies[name] = await dependencyCount(packages);
  }
  return [
    row("size, bundled and minified", "kB", values.size, [atMost(60, "60 kB")]),
    row("runtime dependencies", "", values.dependencies, [atMost(0, "none")]),
  ];
}

/** @param {readonly string[]} packages */
async function bundledBytes(packages) {
  const contents = packages.map((name) => `export * from ${JSON.stringify(name)};`).join("\n");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: bench },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  return outputFiles.reduce((bytes, { contents }) => bytes + contents.length, 0);
}

/** @param {readonly string[]} packages */
async function dependencyCount(packages) {
  const names = new Set();
  for (const name of packages) {
    const manifest = await readFile(new URL(`${name}/package.json`, modules), "utf8");
    for (const dependency of Object.keys(JSON.parse(manifest).dependencies ?? {})) {
      names.add(dependency);
    }
  }
  for (const name of packages) names.delete(name);
  return names.size;
}
