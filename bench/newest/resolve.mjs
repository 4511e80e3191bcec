// Imported before anything else in each process of a benchmark on the newest Node.js.
import * as module from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { folderOf, newest } from "./packages.mjs";

// The types are those of the oldest Node.js, which has no such hooks.
const { registerHooks } = /** @type {any} */ (module);

registerHooks({
  /**
   * @param {string} specifier
   * @param {object} context
   * @param {(specifier: string, context: object) => unknown} next
   */
  resolve(specifier, context, next) {
    if (!(specifier in newest)) return next(specifier, context);
    const parentURL = pathToFileURL(join(folderOf(specifier), "package.json")).href;
    return next(specifier, { ...context, parentURL });
  },
});
