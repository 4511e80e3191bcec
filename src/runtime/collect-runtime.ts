import { invalidSetting } from "../errors.ts";
import type { Registry } from "../registry/registry.ts";
import { collectActiveResources } from "./active-resources.ts";
import { collectEventLoopLag } from "./event-loop-lag.ts";
import { collectEventLoopUtilization } from "./event-loop-utilization.ts";
import { collectGc } from "./gc.ts";
import { collectHeap } from "./heap.ts";
import { collectHeapSpaces } from "./heap-spaces.ts";
import { collectProcess } from "./process.ts";
import { collectProcessDescriptors } from "./process-descriptors.ts";
import { collectProcessMemory } from "./process-memory.ts";
import { RuntimeFamilies } from "./runtime-families.ts";
import type { RuntimeGroup, RuntimeOptions, RuntimeSettings } from "./runtime-options.ts";
import { collectVersion } from "./version.ts";

type Collector = (families: RuntimeFamilies, settings: RuntimeSettings) => void;

/** The event loop comes last: measuring its lag takes an immediate, which is an active resource. */
const COLLECTORS: { readonly [Group in RuntimeGroup]: readonly Collector[] } = {
  version: [collectVersion],
  process: [collectProcess, collectProcessMemory, collectProcessDescriptors],
  heap: [collectHeap, collectHeapSpaces],
  gc: [collectGc],
  "active-resources": [collectActiveResources],
  "event-loop": [collectEventLoopLag, collectEventLoopUtilization],
};

const GROUPS = Object.keys(COLLECTORS) as RuntimeGroup[];

/** A group that is collected into a registry, for as many callers as asked for it. */
interface Running {
  families: RuntimeFamilies;
  settings: RuntimeSettings;
  /** Whether a caller asked for these settings; otherwise they are the defaults. */
  isChosen: boolean;
  callers: number;
}

type RunningGroups = Map<RuntimeGroup, Running>;

const KEY = Symbol.for("narthex.runtime");
const shared = globalThis as { [KEY]?: WeakMap<Registry, RunningGroups> };

/** Kept on `globalThis`, as two copies of this package would count each garbage collection twice. */
shared[KEY] ??= new WeakMap();
const runningGroups = shared[KEY];

/**
 * Exposes how the process and Node itself are doing, under the names that Prometheus's dashboards
 * know: `process_*` and `nodejs_*`. Values are read when they are scraped; nothing of it keeps the
 * process alive. Callers of one registry share the families.
 *
 * @returns `stop`, which takes the families out and releases what they use, once all callers have
 * called theirs
 * @throws NarthexError `NARTHEX_OPTION_INVALID` where an option is bad, or not the one that a caller
 * before asked for; `NARTHEX_NAME_TAKEN` where the registry has another metric of one of the names
 *
 * @example
 * const stop = collectRuntime(metrics);
 * collectRuntime(metrics, { only: ["process", "heap"] }); // or some of it
 */
export function collectRuntime(registry: Registry, options: RuntimeOptions = {}): () => void {
  const leaves: (() => void)[] = [];
  const stop = () => {
    for (const leave of leaves.splice(0)) leave();
  };
  try {
    for (const group of chosen(options.only)) leaves.push(join(registry, group, options));
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

function chosen(only: readonly RuntimeGroup[] = GROUPS): Iterable<RuntimeGroup> {
  const rule = `use an array with some of ${GROUPS.map((group) => `"${group}"`).join(", ")}`;
  if (!Array.isArray(only)) throw invalidSetting("collectRuntime", "only", only, rule);
  for (const group of only) {
    if (!GROUPS.includes(group)) throw invalidSetting("collectRuntime", "only", group, rule);
  }
  return new Set(only);
}

/** Starts the group or shares the running one; the result leaves it again. */
function join(registry: Registry, group: RuntimeGroup, options: RuntimeOptions): () => void {
  const groups: RunningGroups = runningGroups.get(registry) ?? new Map();
  runningGroups.set(registry, groups);
  const running = groups.get(group) ?? {
    ...start(registry, group, options),
    isChosen: false,
    callers: 0,
  };
  choose(registry, group, running, options);
  groups.set(group, running);
  running.callers += 1;
  return () => {
    running.callers -= 1;
    if (running.callers > 0) return;
    groups.delete(group);
    running.families.stop();
  };
}

function start(
  registry: Registry,
  group: RuntimeGroup,
  options: RuntimeOptions,
): Pick<Running, "families" | "settings"> {
  const { eventLoopPrecisionMs = 10, gcBuckets = [0.001, 0.01, 0.1, 1, 2, 5] } = options;
  const settings = { eventLoopPrecisionMs, gcBuckets };
  const families = new RuntimeFamilies(registry);
  try {
    for (const collect of COLLECTORS[group]) collect(families, settings);
  } catch (error) {
    families.stop();
    throw error;
  }
  return { families, settings };
}

const SETTINGS: { readonly [Group in RuntimeGroup]?: keyof RuntimeSettings } = {
  "event-loop": "eventLoopPrecisionMs",
  gc: "gcBuckets",
};

/** Who leaves the setting open goes along with who asks for one, whoever comes first. */
function choose(
  registry: Registry,
  group: RuntimeGroup,
  running: Running,
  options: RuntimeOptions,
) {
  const setting = SETTINGS[group];
  const wanted = setting && options[setting];
  if (wanted === undefined) return;
  if (String(wanted) !== String(running.settings[setting!])) {
    if (running.isChosen) {
      throw invalidSetting(
        "collectRuntime",
        setting!,
        wanted,
        `the registry already collects this group with ${running.settings[setting!]}: use the same, or stop that first`,
      );
    }
    restart(registry, group, running, options);
  }
  running.isChosen = true;
}

function restart(
  registry: Registry,
  group: RuntimeGroup,
  running: Running,
  options: RuntimeOptions,
) {
  running.families.stop();
  try {
    Object.assign(running, start(registry, group, options));
  } catch (error) {
    Object.assign(running, start(registry, group, running.settings));
    throw error;
  }
}
