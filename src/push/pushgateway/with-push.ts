import { show, wrongArgument } from "../../errors.ts";
import { tellError } from "../../registry/error-listeners.ts";
import { PARTS } from "../../registry/parts.ts";
import { Registry } from "../../registry/registry.ts";
import { describe, warn } from "../../warn.ts";
import type { Pushgateway } from "./pushgateway.ts";

/**
 * Runs a batch job and then pushes the registry's metrics (by `add`), also if the job throws, with three of its own:
 * `batch_job_duration_seconds` and, by how it ended, `batch_job_last_success_timestamp_seconds` or
 * `batch_job_last_failure_timestamp_seconds`. The gateway keeps the other one of these two from the runs before.
 *
 * A push that fails does not make the job fail: it is a warning, and the registry's listeners (`onError`) hear of it.
 *
 * @param work what the job does; it may be asynchronous
 * @returns what `work` returns
 * @throws (rejects) what `work` throws; before it runs, NarthexError `NARTHEX_OPTION_INVALID` unless it is a function
 *
 * @example
 * const rows = await withPush(gateway, () => db.query("…"));
 */
export async function withPush<Result>(
  gateway: Pushgateway,
  work: () => Result,
): Promise<Awaited<Result>> {
  if (typeof gateway?.add !== "function") {
    const rule = "pass a Pushgateway first, as in withPush(gateway, () => backUp())";
    throw wrongArgument("withPush()", show(gateway), rule);
  }
  if (typeof work !== "function") {
    const rule = "pass a function, not its promise, as in withPush(gateway, () => backUp())";
    throw wrongArgument("withPush()", `${show(work)} to run`, rule);
  }
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  let result: Awaited<Result>;
  try {
    result = await work();
  } catch (error) {
    await report(gateway, "failure", seconds());
    throw error;
  }
  await report(gateway, "success", seconds());
  return result;
}

/** Pushes how the job ended. It never throws. */
async function report(
  gateway: Pushgateway,
  end: "success" | "failure",
  seconds: number,
): Promise<void> {
  const { registry } = gateway;
  try {
    // A registry of its own: other jobs of this process, and its scrapes, are not to see these metrics.
    const page = new Registry({ labels: constantLabelsOf(registry), utf8: true });
    const duration = { name: "batch_job_duration_seconds", help: "How long the last run took." };
    page.gauge({ ...duration, unit: "seconds" }).set(seconds);
    const ended = `batch_job_last_${end}_timestamp_seconds`;
    page.gauge({ name: ended, help: `When the last ${end} was.`, unit: "seconds" }).setToNow();
    page.register(registry);
    await gateway.add(page);
  } catch (error) {
    tellError(registry, error);
    warn(`The metrics of a batch job are not pushed: ${describe(error)}.`, error);
  }
}

function constantLabelsOf(registry: Registry): Record<string, string> {
  const { names, values } = PARTS.get(registry)?.labels ?? { names: [], values: [] };
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}
