import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../repository.mjs";
import { step } from "../step.mjs";

/** What the outcome depends on. */
const inputs = [
  "src",
  "articles/src",
  "articles/tsconfig.build.json",
  "package.json",
  "package-lock.json",
  "scripts/build",
  "tsconfig.base.json",
  "tsconfig.build.json",
];

/** Builds the package and the articles service where their sources are not those of the last time. */
export async function build() {
  const digest = digestOf(inputs.flatMap(filesIn));
  const note = join(repository, "dist/.built");
  if (existsSync(note) && readFileSync(note, "utf8") === digest) return;
  await step("Building the package and the service", () => writeBoth(digest));
}

/** @param {string} digest */
async function writeBoth(digest) {
  // They take a third of a second to load.
  const [{ articles }, { declarations }, { javaScript }] = await Promise.all([
    import("./articles.mjs"),
    import("./declarations.mjs"),
    import("./javascript.mjs"),
  ]);
  write("articles/dist", articles());
  write("dist", new Map([...(await javaScript()), ...declarations(), [".built", digest]]));
}

/** @param {string} path */
function filesIn(path) {
  if (/\.m?[jt]s(on)?$/.test(path)) return [path];
  return readdirSync(join(repository, path), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(m?[jt]s|css)$/.test(file) && !file.endsWith(".test.ts"))
    .map((file) => join(path, file))
    .sort();
}

/** @param {readonly string[]} files */
function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(join(repository, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * Makes a folder consist of these files, and touches only what differs: a process may run there.
 *
 * @param {string} folder
 * @param {Map<string, string>} files
 */
function write(folder, files) {
  const root = join(repository, folder);
  mkdirSync(root, { recursive: true });
  for (const [path, text] of files) {
    const file = join(root, path);
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(root.length + 1).replaceAll("\\", "/");
    if (entry.isFile() && !files.has(path)) rmSync(file);
  }
}
