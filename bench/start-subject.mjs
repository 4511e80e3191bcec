import { TaskProcess } from "./task-process.mjs";

/** @import { SubjectTasks } from "./subject.mjs" */

const file = new URL("subject.mjs", import.meta.url);

/**
 * A process of its own for one peer.
 *
 * @param {string} peer
 * @param {readonly string[]} [options] of Node.js
 * @returns {Promise<TaskProcess<SubjectTasks>>}
 */
export function startSubject(peer, options = []) {
  return TaskProcess.start(file, [peer], { options: ["--expose-gc", ...options] });
}
