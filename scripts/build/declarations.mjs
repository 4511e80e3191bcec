import { posix } from "node:path";
import ts from "typescript";
import { entries } from "./entries.mjs";
import { oneFolderDown } from "./javascript.mjs";
import { readConfig } from "./read-config.mjs";

/** @typedef {import("./javascript.mjs").Files} Files */

/**
 * The types of the package: those that its entries lead to, once for each form of modules.
 *
 * @returns {Files}
 */
export function declarations() {
  const compiled = compile("tsconfig.build.json");
  const reached = new Set(entries().map((name) => `${name}.d.ts`));
  /** @type {Files} */
  const files = new Map();
  for (const path of reached) {
    const text = forBothForms(/** @type {string} */ (compiled.get(path)));
    const map = /** @type {string} */ (compiled.get(`${path}.map`));
    for (const imported of importsOf(text)) reached.add(posix.join(posix.dirname(path), imported));
    files.set(path, text).set(`${path}.map`, map);
    files.set(`cjs/${path}`, text).set(`cjs/${path}.map`, oneFolderDown(map));
  }
  return files;
}

/**
 * A declaration without private members, which would tell a registry of one form from that of the
 * other, and with the specifiers that all tools know. Lines stay where they are, as the maps say.
 *
 * @param {string} text
 */
function forBothForms(text) {
  return text
    .replace(/^ +\/\*\*(?:(?!\*\/).)*\*\/\n +(?:private|protected) (?!constructor)[^\n]*/gms, blank)
    .replace(/^ +(?:(?:private|protected) (?!constructor).*|#private;)$/gm, "")
    .replace(/(["'])(\.{1,2}\/[^"'\n]+)\.ts\1/g, "$1$2.js$1");
}

/** @param {string} text */
const blank = (text) => text.replace(/.+/g, "");

/** @param {string} text */
function importsOf(text) {
  const found = text.matchAll(/(?:from|import\(|import) ?"(\.[^"]+)\.js"/g);
  return Array.from(found, ([, path]) => `${path}.d.ts`);
}

/**
 * What a project compiles to. Types are not checked: that is what `npm run check` is for.
 *
 * @param {string} file
 * @returns {Files}
 */
function compile(file) {
  const { fileNames, options } = readConfig(file);
  const outDir = /** @type {string} */ (options.outDir);
  const files = new Map();
  ts.createProgram(fileNames, options).emit(undefined, (path, text) => {
    files.set(posix.relative(outDir, path), text);
  });
  return files;
}
