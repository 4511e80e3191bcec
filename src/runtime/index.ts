import { show, wrongArgument } from "../errors.ts";
import { isRegistry } from "../options.ts";
import type { Registry } from "../registry/registry.ts";
import { share } from "../registry/shared-collector.ts";
import { collectActiveResources } from "./active-resources.ts";
import { collectEventLoop } from "./event-loop.ts";
import { RuntimeFamilies } from "./families.ts";
import { collectGc } from "./gc.ts";
import { collectHeap } from "./heap.ts";
import {
  type RuntimeGroup,
  type RuntimeOptions,
  type RuntimeSettings,
  runtimeOptions,
  runtimeSettings,
} from "./options.ts";
import { collectProcess } from "./process.ts";
import { collectVersion } from "./version.ts";

export type { RuntimeGroup, RuntimeOptions } from "./options.ts";

type Collect = (families: RuntimeFamilies, settings: RuntimeSettings) => void;

const COLLECTORS: { readonly [Group in RuntimeGroup]: Collect } = {
  version: collectVersion,
  process: collectProcess,
  heap: collectHeap,
  gc: collectGc,
  "active-resources": collectActiveResources,
  "event-loop": collectEventLoop,
};

/** The settings that all calls for a group must agree on. */
const SETTINGS: { readonly [Group in RuntimeGroup]?: readonly (keyof RuntimeSettings)[] } = {
  gc: ["gcBuckets"],
  "event-loop": ["eventLoopPrecisionMs"],
};

/**
 * Exposes how the process and Node itself are doing, under the names that Prometheus's dashboards
 * know: `process_*` and `nodejs_*`. Values are read when they are scraped, and nothing here keeps the
 * process alive. Several calls for one registry share the families, if they ask for the same prefix and labels.
 *
 * @returns `stop`. Once each call's `stop` was called, the families are removed and everything that
 * they use is released
 * @throws NarthexError `NARTHEX_OPTION_INVALID` where an option is bad, or differs from what another
 * call asked for; `NARTHEX_NAME_TAKEN` where the registry has another metric of one of the names
 *
 * @example
 * const stop = collectRuntime(metrics);
 * collectRuntime(metrics, { only: ["process", "heap"] }); // or some of it
 * collectRuntime(metrics, { prefix: "articles_", labels: { pool: "main" } }); // under other names
 */
export function collectRuntime(registry: Registry, options: RuntimeOptions = {}): () => void {
  if (!isRegistry(registry)) {
    throw wrongArgument(
      "collectRuntime()",
      show(registry),
      "pass a registry, as in collectRuntime(metrics)",
    );
  }
  const wanted = runtimeOptions(options);
  const settings = runtimeSettings(wanted);
  const { prefix, labels } = settings;
  // Calls with a prefix or labels have metrics of their own. The key of others has neither, as in copies of
  // the package that did not know these options.
  const isPlain = prefix === "" && Object.keys(labels).length === 0;
  const variant = isPlain ? "" : JSON.stringify([prefix, labels]);
  const stops: (() => void)[] = [];
  const stop = () => {
    for (const stopGroup of stops.splice(0)) stopGroup();
  };
  try {
    for (const group of settings.only) {
      stops.push(
        share(registry, `runtime.${group}${variant}`, {
          name: "collectRuntime",
          agreed: SETTINGS[group] ?? [],
          settings,
          wanted,
          start: (families, settings) =>
            COLLECTORS[group](new RuntimeFamilies(families, settings), settings),
        }),
      );
    }
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
