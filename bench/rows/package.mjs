import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { run } from "../../scripts/run.mjs";
import { interleave, medians } from "../interleave.mjs";
import { folderOf } from "../newest/packages.mjs";
import { atMost, halfOfPromClient, row, thirdOfPromClient } from "../targets.mjs";

/** @import { Measuring } from "../peers/bench.mjs" */
/** @import { Values } from "../targets.mjs" */

const importCost = fileURLToPath(new URL("import-cost.mjs", import.meta.url));

/** Node.js itself, without what the benchmark imports into its processes. */
const { NODE_OPTIONS: _, ...env } = process.env;

/** What it costs to import a peer, in a process that imports nothing else. */
export async function importRows(/** @type {Measuring} */ { scale, peers }) {
  const contenders = peers.map(({ name, packages }) => ({
    name,
    /** @returns {Promise<{ ms: number, bytes: number }>} */
    measure: async () => {
      const urls = packages.map((name) => import.meta.resolve(name));
      const args = ["--expose-gc", importCost, ...urls];
      return JSON.parse((await run(process.execPath, args, { env })).stdout);
    },
  }));
  // The first round brings the files into the machine's cache.
  await interleave(contenders, 1);
  const measured = await interleave(contenders, scale.importRounds);
  const ms = medians(measured, (cost) => cost.ms);
  const kilobytes = medians(measured, (cost) => cost.bytes / 1000);
  return [
    row("time to import", "ms", ms, [thirdOfPromClient]),
    row("memory that an import takes", "kB", kilobytes, [halfOfPromClient]),
  ];
}

/** What a peer adds to an application. */
export async function sizeRows(/** @type {Measuring} */ { peers }) {
  /** @type {Record<"all" | "loaded" | "dependencies", Values>} */
  const values = { all: {}, loaded: {}, dependencies: {} };
  for (const { name, packages } of peers) {
    const { all, loaded } = await bundledBytes(packages);
    values.all[name] = all / 1000;
    values.loaded[name] = loaded / 1000;
    values.dependencies[name] = await dependencyCount(packages);
  }
  return [
    row("size, bundled and minified", "kB", values.all, [atMost(60, "60 kB")]),
    row("of it, what an import loads at once", "kB", values.loaded, []),
    row("runtime dependencies", "", values.dependencies, [atMost(0, "none")]),
  ];
}

/**
 * The bytes of a bundle, and of those of its files that are not loaded later.
 *
 * @param {readonly string[]} packages
 */
async function bundledBytes(packages) {
  const contents = packages.map((name) => `export * from ${JSON.stringify(name)};`).join("\n");
  const { metafile } = await build({
    stdin: { contents, resolveDir: folderOf(String(packages[0])) },
    bundle: true,
    minify: true,
    splitting: true,
    platform: "node",
    format: "esm",
    outdir: "bundled",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const { outputs } = metafile;
  const loaded = new Set(Object.keys(outputs).filter((file) => isEntry(outputs[file])));
  for (const file of loaded) {
    for (const { external, kind, path } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && !external) loaded.add(path);
    }
  }
  const bytesOf = (/** @type {Iterable<string>} */ files) =>
    Array.from(files, (file) => outputs[file]?.bytes ?? 0).reduce((sum, bytes) => sum + bytes, 0);
  return { all: bytesOf(Object.keys(outputs)), loaded: bytesOf(loaded) };
}

/** @param {{ entryPoint?: string } | undefined} output */
const isEntry = (output) => output?.entryPoint === "<stdin>";

/** @param {readonly string[]} packages */
async function dependencyCount(packages) {
  const names = new Set();
  for (const name of packages) {
    const manifest = join(folderOf(name), "node_modules", name, "package.json");
    const { dependencies = {} } = JSON.parse(await readFile(manifest, "utf8"));
    for (const dependency of Object.keys(dependencies)) names.add(dependency);
  }
  for (const name of packages) names.delete(name);
  return names.size;
}
