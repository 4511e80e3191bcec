import { metrics } from "../../registry/metrics.ts";
import type { Registry } from "../../registry/registry.ts";
import { watchNode } from "./node-requests.ts";
import type { OutgoingMetricsOptions } from "./options.ts";
import { OutgoingRecorder } from "./recorder.ts";
import { safely } from "./safely.ts";
import { checkSame, isOpen, type OutgoingSettings, outgoingSettings } from "./settings.ts";
import { watchUndici } from "./undici-requests.ts";

/** Outgoing requests that are measured in a registry, for as many callers as asked for it. */
interface Running {
  readonly settings: OutgoingSettings;
  /** Whether a caller asked for these settings; otherwise they are the defaults. */
  readonly isChosen: boolean;
  readonly callers: Set<Caller>;
  readonly stop: () => void;
}

interface Caller {
  readonly exclude: OutgoingMetricsOptions["exclude"];
}

const KEY = Symbol.for("narthex.outgoing");
const shared = globalThis as { [KEY]?: WeakMap<Registry, Running> };

/** Kept on `globalThis`, as two copies of this package would count each request twice. */
shared[KEY] ??= new WeakMap();
const runningOf = shared[KEY];

/**
 * Measures the requests that this process sends, each until the end of its response: those of
 * `fetch` and undici, and those of `node:http` and `node:https` with all clients built on them. Each
 * hop of a redirect and each retry is a request. Callers of one registry share the metrics.
 *
 * - `http_client_request_duration_seconds{method,host,status_code}` has every request; without a
 *   response, its `status_code` is `error`
 * - `http_client_errors_total{method,host,error}` has those that failed, also after the headers;
 *   `error` is a code such as `ECONNREFUSED`, `timeout` for a signal's timeout, `aborted` for what
 *   the program itself gave up, or `_other`
 * - `http_client_requests_in_flight{host}` has those that have not ended
 *
 * @returns `stop`, which takes the metrics out and releases everything, once all callers have called
 * theirs
 * @throws NarthexError `NARTHEX_OPTION_INVALID` where an option is bad, or not the one that a caller
 * before asked for; `NARTHEX_NAME_TAKEN` where the registry has another metric of one of the names
 *
 * @example
 * const stop = measureOutgoing();
 * await fetch("https://example.com/");
 */
export function measureOutgoing(options: OutgoingMetricsOptions = {}): () => void {
  return measure(options, !isOpen(options));
}

/** The same for who goes along with whatever another caller asks for: for `narthex/auto`. */
export function measureOutgoingByDefault(options: OutgoingMetricsOptions): () => void {
  return measure(options, false);
}

function measure(options: OutgoingMetricsOptions, isChosen: boolean): () => void {
  const { registry = metrics, exclude } = options;
  const { callers } = runningFor(registry, options, isChosen);
  const caller: Caller = { exclude };
  callers.add(caller);
  return () => {
    if (!callers.delete(caller) || callers.size > 0) return;
    runningOf.get(registry)?.stop();
    runningOf.delete(registry);
  };
}

/** Who leaves all settings open goes along with who asks for some, whoever comes first. */
function runningFor(
  registry: Registry,
  options: OutgoingMetricsOptions,
  isChosen: boolean,
): Running {
  const settings = outgoingSettings(options);
  const before = runningOf.get(registry);
  if (before === undefined) return start(registry, { settings, isChosen, callers: new Set() });
  if (!isChosen) return before;
  if (before.isChosen) {
    checkSame(before.settings, options);
    return before;
  }
  before.stop();
  try {
    return start(registry, { settings, isChosen, callers: before.callers });
  } catch (error) {
    start(registry, before);
    throw error;
  }
}

function start(registry: Registry, plan: Omit<Running, "stop">): Running {
  const recorder = new OutgoingRecorder(registry, plan.settings, (request) =>
    [...plan.callers].some(({ exclude }) => exclude && safely(() => exclude(request))),
  );
  const stops = [watchUndici(recorder), watchNode(recorder), () => recorder.stop()];
  const stop = () => {
    for (const release of stops) release();
  };
  const started: Running = { ...plan, stop };
  runningOf.set(registry, started);
  return started;
}
