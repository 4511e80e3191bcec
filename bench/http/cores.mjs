import { run } from "../../scripts/run.mjs";

/**
 * The commands that keep server and client each on a core of its own. They are empty where there is no
 * `taskset`, or only one core.
 *
 * @typedef {{ server: readonly string[], client: readonly string[], note: string }} Cores
 */

/** @returns {Promise<Cores>} */
export async function findCores() {
  const [server, client] = await usableCores();
  if (client === undefined) {
    const note = "Server and client share the cores: nothing keeps them apart on this machine.";
    return { server: [], client: [], note };
  }
  return {
    server: ["taskset", "-c", `${server}`],
    client: ["taskset", "-c", `${client}`],
    note: "Server and client each have a core of their own.",
  };
}

async function usableCores() {
  try {
    const { stdout } = await run("taskset", ["-cp", `${process.pid}`]);
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

/** What all threads of this process have used of the cores so far. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
