import { metrics } from "narthex";
import { joinThreads } from "narthex/threads";

joinThreads(metrics);
const tasks = metrics.counter({ name: "pool_tasks", help: "Tasks.", labels: ["by"] });

/** A task of the pool. @param {string} by who asks for it */
export default function task(by) {
  tasks.inc({ by });
  return by;
}
