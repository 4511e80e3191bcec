import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../repository.mjs";

/** Modules that are loaded by their URL, so that nothing imports them. */
const loadedByUrl = ["auto/loader-thread"];

/** The command `narthex`. */
const command = "cli/main";

/** The modules of `src/` that are files of their own in the package, without their extensions. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const files = filesIn(exports).flatMap((file) => {
    const [, name] = /^\.\/dist\/(?!cjs\/)(.*)\.js$/.exec(file) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set([...files, ...loadedByUrl, command])];
}

/**
 * The source file of each entry of the package, by the name that users import.
 *
 * @returns {Map<string, string>}
 */
export function entrySources() {
  const { exports } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  /** @type {[path: string, { readonly import?: string }][]} */
  const entries = Object.entries(exports);
  return new Map(
    entries.flatMap(([path, { import: file }]) => {
      const source = file?.replace("./dist/", "src/").replace(/\.js$/, ".ts");
      return source ? [[`narthex${path.slice(1)}`, join(repository, source)]] : [];
    }),
  );
}

/**
 * @param {string | object} exports
 * @returns {string[]}
 */
function filesIn(exports) {
  return typeof exports === "string" ? [exports] : Object.values(exports).flatMap(filesIn);
}
