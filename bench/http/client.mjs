// The process that sends the requests, at its parent's bidding.
import { doTasks } from "../do-tasks.mjs";
import { cpuSeconds } from "./cpu-seconds.mjs";
import { HttpLoad } from "./http-load.mjs";

/** @typedef {typeof tasks} ClientTasks */

/** @type {HttpLoad} */
let load;

const tasks = {
  /** @param {number} port @param {number} connections */
  async open(port, connections) {
    load = await HttpLoad.open(port, connections);
  },
  /** @param {number} ms */
  async run(ms) {
    const before = cpuSeconds();
    const ran = await load.run(ms);
    return { ...ran, cpuSeconds: cpuSeconds() - before };
  },
  /** Gives how many requests it was in all. */
  close() {
    load.close();
    return load.requests;
  },
};

doTasks(tasks);
