import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { invalidSetting, textfileFailed } from "../errors.ts";
import { isRegistry, knownOptions, type OptionNames } from "../options.ts";
import { metrics } from "../registry/metrics.ts";
import type { Registry } from "../registry/registry.ts";
import { describe } from "../warn.ts";

/** What `writeTextfile` writes, and how long that may take. */
export interface TextfileOptions {
  /** The registry whose metrics are written; the process-wide one by default. */
  readonly registry?: Registry | undefined;
  /** How long collect callbacks may take, in milliseconds; 8,000 by default. */
  readonly deadlineMs?: number | undefined;
}

const NAMES: OptionNames<TextfileOptions> = { registry: true, deadlineMs: true };

/** node_exporter runs as another user. */
const READABLE_BY_ALL = 0o644;

/** The calls that are under way, the last one for each file. */
const underWay = new Map<string, Promise<void>>();

/**
 * Writes the metrics into a file from which node_exporter's textfile collector reads them: the way out
 * for a job that ends before anyone scrapes it.
 *
 * The file is replaced as a whole, so that a reader never sees half a page, and every user may read it.
 * It is text 0.0.4. Calls for the same file take their turns. All files of a node_exporter share one
 * page with its own metrics: no two may have the same series, and `collectRuntime` does not belong there.
 *
 * @param path where the file is; its name has to end in `.prom`, and its folder has to be there
 * @throws (rejects) where the path does not end in `.prom`, where a metric has timestamps, which
 *   node_exporter refuses, and where the file can't be written; then it is as it was before
 *
 * @example
 * metrics.gauge({ name: "backup_last_success_timestamp_seconds", help: "…" }).set(Date.now() / 1000);
 * await writeTextfile("backup.prom");
 */
export async function writeTextfile(path: string, options: TextfileOptions = {}): Promise<void> {
  if (typeof path !== "string" || !/[^/\\]\.prom$/.test(path)) {
    const rule = "use a name that ends in .prom, because node_exporter reads no other files";
    throw invalidSetting("writeTextfile", "path", path, rule);
  }
  const known = knownOptions("writeTextfile", options, NAMES);
  const { registry } = known;
  if (registry !== undefined && !isRegistry(registry)) {
    throw invalidSetting("writeTextfile", "registry", registry, "pass a registry");
  }
  const file = resolve(path);
  const before = underWay.get(file);
  const writing = (async () => {
    await before?.catch(() => {});
    await write(file, known);
  })();
  underWay.set(file, writing);
  try {
    await writing;
  } finally {
    if (underWay.get(file) === writing) underWay.delete(file);
  }
}

async function write(file: string, options: TextfileOptions): Promise<void> {
  const { registry = metrics, deadlineMs } = options;
  const page = await registry.expose({ deadlineMs });
  const sample = firstWithTimestamp(new TextDecoder().decode(page.body));
  if (sample !== undefined) {
    const reason = `${sample} has a timestamp, and node_exporter leaves out files with timestamps`;
    throw textfileFailed(file, `${reason}: expose it without one`);
  }
  // Beside the file, because only within a file system can it take the place of the old one at once.
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    await writeNew(temporary, page.body);
    page.release?.();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw textfileFailed(file, describe(error), error);
  }
}

async function writeNew(file: string, body: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", READABLE_BY_ALL);
  try {
    // The mode that `open` takes is cut by the process's umask.
    await handle.chmod(READABLE_BY_ALL);
    await handle.writeFile(body);
  } finally {
    await handle.close();
  }
}

/** The name of the first sample with a timestamp: a number behind its value. */
function firstWithTimestamp(page: string): string | undefined {
  // Only \n ends a line: with the flag m, U+2028 in a label value would do so, too.
  return /(?<![^\n])([^#\s{]+)(?:\{[^\n]*\})? [^ }\n]+ [^ }\n]+(?![^\n])/.exec(page)?.[1];
}
