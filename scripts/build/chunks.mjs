import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { repository } from "../repository.mjs";

/** @typedef {import("esbuild").Metafile["outputs"]} Outputs */

const source = join(repository, "src");

/**
 * What would be many small chunks and is one: what loads any of it loads all. esbuild makes a chunk for
 * each set of entries that share a module, and a file takes about a millisecond to find and open.
 *
 * @type {readonly { readonly modules: readonly string[], readonly loadedBy: RegExp }[]}
 */
const packs = [
  {
    // What also modules need that do without the main entry.
    modules: [
      "errors",
      "model/bound",
      "model/family",
      "model/names",
      "model/objective",
      "options",
      "process-wide",
    ],
    loadedBy: /^(auto\/loader-thread|cli\/main|exposition\/parse\/index|generate\/index)$/,
  },
  {
    // The main entry, and what is in most others and too small for a file of its own.
    modules: ["index", "node-module", "registry/shared-collector", "scrape/compress"],
    loadedBy:
      /^(?!auto\/loader-thread|cli\/|exposition\/parse\/|generate\/|http\/next\/edge|opentelemetry\/)/,
  },
  {
    // What is on an HTTP server's page.
    modules: [
      "http/page/elsewhere",
      "http/page/endpoint",
      "http/record/families",
      "http/record/label-values",
      "http/record/metric-choice",
      "live/accept",
      "live/observer",
      "live/open",
    ],
    loadedBy: /^(auto\/index|http\/(?!next\/edge).*|live\/(index|view))$/,
  },
  {
    // What measures the requests of an HTTP server, and finds their routes where that takes little.
    modules: [
      "http/adapter",
      "http/application",
      "http/fastify/requests",
      "http/hono/route",
      "http/koa/mounts",
      "http/koa/route",
      "http/next/route",
    ],
    loadedBy:
      /^(auto\/index|http\/(express|fastify|hono|koa|nest|next|node)\/index|http\/serve\/start-server)$/,
  },
];

/**
 * Makes one chunk of each pack: whatever is loaded by itself, an entry or a dynamic import, imports all of
 * a pack or nothing.
 *
 * @type {import("esbuild").Plugin}
 */
export const packed = {
  name: "packed",
  setup({ onResolve, onLoad }) {
    /** @type {Set<string>} */
    const loaded = new Set();
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind === "entry-point" || kind === "dynamic-import")
        loaded.add(resolve(resolveDir, path));
      return undefined;
    });
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!loaded.has(path)) return undefined;
      const name = relative(source, path).replaceAll("\\", "/").replace(/\.ts$/, "");
      const modules = packs.flatMap(({ modules, loadedBy }) =>
        loadedBy.test(name) ? modules : [],
      );
      const imports = modules.map((module) => {
        return `import ${JSON.stringify(join(source, `${module}.ts`))};\n`;
      });
      return { contents: `${await readFile(path, "utf8")}\n${imports.join("")}`, loader: "ts" };
    });
  },
};

/**
 * A module without the imports that load nothing: esbuild imports each chunk in every entry that needs it, also
 * where the import of another one has loaded it, and chunks that have no code.
 *
 * @param {string} text
 * @param {string} file its path in `outputs`
 * @param {Outputs} outputs
 */
export function withoutIdleImports(text, file, outputs) {
  /** @type {Set<string>} */
  const loaded = new Set();
  for (const { external, kind, path } of outputs[file]?.imports ?? []) {
    if (external || kind !== "import-statement") continue;
    const isIdle = loaded.has(path) || isEmpty(path, outputs);
    addLoaded(path, outputs, loaded);
    const name = path.slice(path.lastIndexOf("/") + 1).replaceAll(".", "\\.");
    if (isIdle) text = text.replace(new RegExp(`\\bimport ?"[./]*(chunks/)?${name}";\n?`), "");
  }
  return text;
}

/**
 * @param {string} path
 * @param {Outputs} outputs
 * @param {Set<string>} loaded
 */
function addLoaded(path, outputs, loaded) {
  if (loaded.has(path)) return;
  loaded.add(path);
  for (const { external, kind, path: next } of outputs[path]?.imports ?? []) {
    if (!external && kind === "import-statement") addLoaded(next, outputs, loaded);
  }
}

/**
 * Whether a chunk has nothing but esbuild's own functions.
 *
 * @param {string} path
 * @param {Outputs} outputs
 */
function isEmpty(path, outputs) {
  const { imports = [], inputs = {} } = outputs[path] ?? {};
  return (
    imports.length === 0 && Object.values(inputs).every(({ bytesInOutput }) => bytesInOutput === 0)
  );
}
