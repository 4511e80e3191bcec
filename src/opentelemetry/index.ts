import { isSpanContextValid, TraceFlags, trace } from "@opentelemetry/api";
import type { ExemplarLabels } from "../instruments/exemplars.ts";

/**
 * The ids of OpenTelemetry's active span as an exemplar's labels: `trace_id` and `span_id`. None
 * where no span is active, or where it is not sampled: its trace could not be found.
 *
 * @example
 * metrics.exemplars(activeSpan);
 */
export function activeSpan(): ExemplarLabels | undefined {
  const context = trace.getActiveSpan()?.spanContext();
  if (context === undefined || !isSpanContextValid(context)) return undefined;
  if ((context.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { trace_id: context.traceId, span_id: context.spanId };
}
