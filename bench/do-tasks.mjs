/** @typedef {Record<string, (...args: any[]) => unknown>} Tasks */

/**
 * Does what the parent process asks for, until it lets go.
 *
 * @param {Tasks} tasks
 */
export function doTasks(tasks) {
  process.on("message", async (/** @type {{ task: string, args: unknown[] }} */ message) => {
    try {
      process.send?.({ result: await tasks[message.task]?.(...message.args) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.once("disconnect", () => process.exit());
  process.send?.({ result: "ready" });
}
