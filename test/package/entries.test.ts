import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const modules = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => `narthex${path.slice(1)}`);

/** Where the package is installed as a user gets it. */
let folder: string;
/** What it consists of. */
let packed: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "narthex-package-"));
  const pack = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", `--pack-destination=${folder}`],
    repository,
  );
  const [{ filename, files }] = JSON.parse(pack.stdout);
  packed = files.map(({ path }: { path: string }) => path);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const quietly = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...quietly, `./${filename}`], folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("it consists of its papers and of what was built, and of nothing else", () => {
  const isBuilt = (path: string) => path.startsWith("dist/");
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  expect(packed.filter((path) => !isBuilt(path)).sort()).toEqual(papers);
  const built = packed.filter(isBuilt);
  expect(built.filter((path) => !/\.(js|d\.ts)$/.test(path) || path.includes(".test."))).toEqual(
    [],
  );
  const sources = readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" });
  const wanted = sources
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => `dist/${path.replaceAll("\\", "/").replace(/\.ts$/, "")}`)
    .flatMap((path) => [`${path}.js`, `${path}.d.ts`]);
  expect(built).toEqual(expect.arrayContaining(wanted));
});

test("it depends on nothing, and installs nothing else", () => {
  expect(manifest.dependencies).toBeUndefined();
  const note = readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8");
  expect(Object.keys(JSON.parse(note).packages)).toEqual(["node_modules/narthex"]);
});

test.each(modules)("%s can be imported and required, and is the same", async (module) => {
  for (const peer of Object.keys(manifest.peerDependencies)) link(peer);
  const list = "console.log(JSON.stringify(Object.keys(it).sort()))";
  const imported = `import * as it from "${module}"; ${list}`;
  const required = `const it = require("${module}"); ${list}`;
  const byImport = await run(process.execPath, ["--input-type=module", "--eval", imported], folder);
  const byRequire = await run(process.execPath, ["--eval", required], folder);
  expect(byImport.stderr + byRequire.stderr).toBe("");
  // It is imported for what it does.
  const hasExports = module !== "narthex/auto";
  expect(JSON.parse(byImport.stdout).length > 0).toBe(hasExports);
  expect(byRequire.stdout).toBe(byImport.stdout);
});

test("what an import of the main entry loads is at most 60 kB, bundled and minified, and nothing of Node's", async () => {
  const { metafile } = await build({
    stdin: { contents: 'export * from "narthex";', resolveDir: folder },
    bundle: true,
    minify: true,
    splitting: true,
    platform: "neutral",
    format: "esm",
    outdir: folder,
    write: false,
    metafile: true,
  });
  const { outputs } = metafile;
  const imports = Object.values(outputs).flatMap(({ imports }) => imports);
  expect(imports.filter(({ external }) => external)).toEqual([]);
  const [entry] = Object.keys(outputs).filter((file) => outputs[file]!.entryPoint === "<stdin>");
  const loaded = new Set([entry!]);
  for (const file of loaded) {
    for (const { kind, path } of outputs[file]!.imports) {
      if (kind === "import-statement") loaded.add(path);
    }
  }
  const bytes = [...loaded].reduce((sum, file) => sum + outputs[file]!.bytes, 0);
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThanOrEqual(60_000);
});

/** Makes a package of the repository's one of the user's. */
function link(name: string): void {
  const target = join(folder, "node_modules", name);
  rmSync(target, { force: true });
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(repository, "node_modules", name), target, "junction");
}

function run(command: string, args: readonly string[], cwd: string) {
  const env = { ...process.env, NARTHEX_DISABLED: "true" };
  return promisify(execFile)(command, args, { cwd, env, shell: process.platform === "win32" });
}
