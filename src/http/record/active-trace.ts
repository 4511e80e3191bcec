import type { ExemplarLabels } from "../../instruments/exemplars.ts";

// OpenTelemetry's API keeps the active context under global symbols, which all of its copies share.
// Reading it there needs no dependency, and costs nothing where OpenTelemetry isn't loaded.
const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

const SAMPLED = 1;
const ID = /^[0-9a-f]{16,32}$/;

interface Context {
  getValue(key: symbol): unknown;
}

interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
}

const shared = globalThis as { [API]?: { readonly context?: { active(): Context } } };

/** The ids of OpenTelemetry's active span; undefined if there is none, or if it is not sampled. */
export function activeTrace(): ExemplarLabels | undefined {
  const context = shared[API]?.context;
  if (context === undefined) return undefined;
  const span = context.active().getValue(SPAN) as Span | undefined;
  if (span === undefined) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  if ((traceFlags & SAMPLED) === 0 || !ID.test(traceId) || !ID.test(spanId)) return undefined;
  return { trace_id: traceId, span_id: spanId };
}
