import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { type Installed, install, manifest } from "./installed.ts";

let installed: Installed;

beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());

test("it consists of its papers, its sources and what was built of them, and of nothing else", () => {
  const papers = installed.packed.filter((path) => !/^(dist|src)\//.test(path));
  expect(papers.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
  const sources = readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    // The package has the live page as it was built.
    .filter((path) => !/^live[\\/]page[\\/]/.test(path))
    .map((path) => `src/${path.replaceAll("\\", "/")}`);
  expect(within("src/").sort()).toEqual(sources.sort());
  const notes = ["dist/cjs/package.json", "dist/bundled-licenses.txt"];
  const built = within("dist/").filter((path) => !notes.includes(path));
  expect(built.filter((path) => !/\.(js|d\.ts)(\.map)?$/.test(path))).toEqual([]);
});

test("every file is there as an ES module and for CommonJS", () => {
  const esm = within("dist/").filter((path) => !/^dist\/(cjs\/|bundled-licenses\.txt$)/.test(path));
  const twins = esm.map((path) => path.replace("dist/", "dist/cjs/"));
  expect(within("dist/cjs/").sort()).toEqual([...twins, "dist/cjs/package.json"].sort());
});

test("every file has a map, which leads to sources that are in the package", () => {
  const mapped = within("dist/").filter((path) => /\.(js|d\.ts)$/.test(path));
  expect(mapped.length).toBeGreaterThan(100);
  for (const path of mapped) {
    const text = read(path);
    expect(text).toContain(`//# sourceMappingURL=${posix.basename(path)}.map`);
    for (const source of JSON.parse(read(`${path}.map`)).sources) {
      if (source === null) continue; // It is of a package that is bundled.
      expect(installed.packed).toContain(posix.join(dirname(path), source));
    }
  }
});

test("files that are loaded by their URL are in the package", () => {
  const built = within("dist/").filter((path) => path.endsWith(".js"));
  const loaded = built.flatMap((path) => {
    // Long lines are broken, also within strings.
    const text = read(path).replaceAll("\\\n", "");
    const urls = Array.from(text.matchAll(/new URL\(\s*["'](\.[^"']+)["']/g), ([, url]) => url!);
    return urls.map((url) => posix.join(dirname(path), url));
  });
  // The loader of narthex/auto, for both forms.
  expect(loaded).toContain("dist/auto/loader-thread.js");
  expect(loaded).toContain("dist/cjs/auto/loader-thread.js");
  expect(loaded.filter((path) => !installed.packed.includes(path))).toEqual([]);
});

test("the licences of bundled packages are in it, and only what reads queries has their code", () => {
  const licenses = read("dist/bundled-licenses.txt");
  for (const name of ["yaml 2", "@lezer/lr 1", "@prometheus-io/lezer-promql 0"]) {
    expect(licenses).toContain(`\n${name}.`.trimStart());
  }
  expect(read("dist/generate/index.js") + read("dist/index.js")).not.toContain("lezer");
});

test("it depends on nothing, installs nothing else, and runs nothing when it is installed", () => {
  expect(manifest.dependencies).toBeUndefined();
  const note = read("../.package-lock.json");
  expect(Object.keys(JSON.parse(note).packages)).toEqual(["node_modules/narthex"]);
  const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
  expect(scripts.filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});

test("packing builds first, and leaves the output to npm, which may be asked for JSON", () => {
  expect(manifest.scripts.prepack).toBe(`${manifest.scripts.build} 1>&2`);
});

const within = (folder: string) => installed.packed.filter((path) => path.startsWith(folder));

function read(path: string): string {
  return readFileSync(join(installed.folder, "node_modules/narthex", path), "utf8");
}
