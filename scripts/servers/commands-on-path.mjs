import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Every command of this name on PATH, in the order in which a shell would find them.
 *
 * @param {string} name
 */
export function commandsOnPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
