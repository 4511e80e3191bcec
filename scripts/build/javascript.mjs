import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { repository } from "../repository.mjs";
import { packed, withoutIdleImports } from "./chunks.mjs";
import { entries } from "./entries.mjs";
import { livePage } from "./live-page.mjs";

/** @typedef {Map<string, string>} Files texts by their paths below `dist/` */

const target = "node20.19";
const source = join(repository, "src");
const dist = join(repository, "dist");

/** The published code has no comments, which take time to read; maps lead to its sources. */
const MINIFIED = { minifySyntax: true, minifyWhitespace: true, lineLimit: 100 };

/**
 * The package as ES modules, and the same modules as CommonJS below `cjs/`: esbuild splits only the
 * former, and entries of either form have to share their state.
 *
 * @returns {Promise<Files>}
 */
export async function javaScript() {
  const { metafile, outputFiles } = await esbuild.build({
    ...MINIFIED,
    absWorkingDir: repository,
    entryPoints: entries().map((name) => ({ in: join(source, `${name}.ts`), out: name })),
    outdir: dist,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    platform: "node",
    target,
    packages: "external",
    // Otherwise imports that only keep modules together are left out.
    ignoreAnnotations: true,
    plugins: [builtPage, packed, bundledPackages],
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    write: false,
  });
  const modules = new Map(
    outputFiles.map(({ path, text }) => {
      const name = relative(dist, path).replaceAll("\\", "/");
      const isMap = name.endsWith(".map");
      return [
        name,
        isMap ? withOwnSources(text) : withoutIdleImports(text, `dist/${name}`, metafile.outputs),
      ];
    }),
  );
  const files = new Map([
    ...modules,
    ["cjs/package.json", '{ "type": "commonjs" }\n'],
    ["bundled-licenses.txt", bundledLicenses()],
  ]);
  for (const [path, text] of modules) {
    if (path.endsWith(".map")) continue;
    const map = /** @type {string} */ (modules.get(`${path}.map`));
    const { code, map: newMap } = await commonJs(path, text, map);
    files.set(`cjs/${path}`, code).set(`cjs/${path}.map`, newMap);
  }
  return files;
}

/** What reads rules and dashboards, by the packages that have it; nobody else loads these chunks. */
const BUNDLED = [
  "@lezer/common",
  "@lezer/highlight",
  "@lezer/lr",
  "@prometheus-io/lezer-promql",
  "yaml",
];

/**
 * Puts the packages that read rules and dashboards into the package, which so depends on nothing.
 *
 * @type {esbuild.Plugin}
 */
const bundledPackages = {
  name: "bundled-packages",
  setup({ onLoad, onResolve }) {
    const names = BUNDLED.map((name) => name.replace("/", "\\/")).join("|");
    onResolve({ filter: new RegExp(`^(${names})$`) }, ({ path }) => ({
      // What yaml has for Node is CommonJS, which would ask for Node's modules in a way of its own.
      path:
        path === "yaml"
          ? join(repository, "node_modules/yaml/browser/index.js")
          : fileURLToPath(import.meta.resolve(path)),
    }));
    onLoad({ filter: /[\\/]node_modules[\\/].*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const { code } = await esbuild.transform(text, {
        minify: true,
        target,
        legalComments: "none",
      });
      return { contents: code, loader: "js" };
    });
  },
};

/** The licences of what is bundled, which have to be where it is. */
function bundledLicenses() {
  return BUNDLED.map((name) => {
    const folder = join(repository, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * A map without the sources of bundled packages, which are not in the package.
 *
 * @param {string} map
 */
function withOwnSources(map) {
  const { sources, ...rest } = JSON.parse(map);
  const own = sources.map((/** @type {string | null} */ source) =>
    source?.includes("node_modules/") ? null : source,
  );
  return JSON.stringify({ ...rest, sources: own });
}

/**
 * Puts the live page into the module that stands for it.
 *
 * @type {esbuild.Plugin}
 */
const builtPage = {
  name: "built-page",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]live[\\/]html\.ts$/ }, async () => ({
      contents: await livePage(),
      loader: "js",
    }));
  },
};

/**
 * @param {string} path
 * @param {string} text
 * @param {string} map
 */
async function commonJs(path, text, map) {
  const name = posix.basename(path);
  const inline = `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
  const isLocated = text.includes("import.meta.url");
  const transformed = await esbuild.transform(text.replace(`${name}.map`, inline), {
    ...MINIFIED,
    sourcefile: name,
    format: "cjs",
    platform: "node",
    target,
    // Jest runs modules in a context of its own, where there is `require`, but no `import()`.
    supported: { "dynamic-import": false },
    define: isLocated ? { "import.meta.url": "__url" } : {},
    banner: isLocated ? 'const __url = require("node:url").pathToFileURL(__filename).href;' : "",
    sourcemap: "external",
    sourcesContent: false,
  });
  // A module that only exports what others have has a map without sources.
  const isEmpty = JSON.parse(map).sources.length === 0;
  return {
    code: `${withOwnExports(transformed.code)}${whole(path)}//# sourceMappingURL=${name}.map\n`,
    map: oneFolderDown(isEmpty ? map : transformed.map),
  };
}

/**
 * esbuild's helper exports inherited names, too: after somebody has added a property to
 * `Object.prototype`, no module could be loaded.
 *
 * @param {string} code
 */
function withOwnExports(code) {
  return code.replace(/for\s?\(var (\w+) in (\w+)\)/, "for(var $1 of __getOwnPropNames($2))");
}

/**
 * What `require` gives of a client that takes the place of another: its default export, an object whose members can be
 * set, as they can be there. A bundle's exports can't: assigning to `contentType` would do nothing.
 *
 * @param {string} path
 */
function whole(path) {
  if (!/^compat\/[^/]+\/index\.js$/.test(path)) return "";
  return `module.exports = Object.assign(Object.defineProperty(module.exports.default, "__esModule", { value: true }), { default: module.exports.default });\n`;
}

/**
 * A map of a file that is moved into `cjs/`.
 *
 * @param {string} map
 */
export function oneFolderDown(map) {
  const { sources, ...rest } = JSON.parse(map);
  const moved = sources.map((/** @type {string | null} */ source) =>
    source ? `../${source}` : null,
  );
  return JSON.stringify({ ...rest, sources: moved });
}
