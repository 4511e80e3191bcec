import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * The commands that keep server and client each to a core of its own: none where there is no
 * `taskset`, or only one core.
 *
 * @typedef {object} Cores
 * @property {readonly string[]} server
 * @property {readonly string[]} client
 * @property {string} text
 */

/** @returns {Promise<Cores>} */
export async function findCores() {
  const [server, client] = await usableCores();
  if (client === undefined) {
    const text = "Server and client share the cores: nothing keeps them apart on this machine.";
    return { server: [], client: [], text };
  }
  return {
    server: ["taskset", "-c", `${server}`],
    client: ["taskset", "-c", `${client}`],
    text: "Server and client each have a core of their own.",
  };
}

/** The cores that this process may use, as far as `taskset` knows them. */
async function usableCores() {
  try {
    const { stdout } = await execute("taskset", ["-cp", `${process.pid}`]);
    return coresOf(stdout.slice(stdout.lastIndexOf(":") + 1).trim());
  } catch {
    return [];
  }
}

/**
 * The numbers in a list such as `0,2-4`.
 *
 * @param {string} list
 */
export function coresOf(list) {
  return list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
