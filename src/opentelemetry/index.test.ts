import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { activeSpan } from "./index.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

beforeEach(() => {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) =>
      storage.run(active, () => work.apply(self as never, args)),
    bind: (_context, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});
afterEach(() => context.disable());

function inSpan<T>(traceFlags: TraceFlags, work: () => T): T {
  const span = trace.wrapSpanContext({ traceId, spanId, traceFlags });
  return context.with(trace.setSpan(ROOT_CONTEXT, span), work);
}

test("gives the ids of the active span", () => {
  expect(inSpan(TraceFlags.SAMPLED, activeSpan)).toEqual({ trace_id: traceId, span_id: spanId });
});

test("gives nothing outside of a span, and for one that is not sampled", () => {
  expect(activeSpan()).toBeUndefined();
  expect(inSpan(TraceFlags.NONE, activeSpan)).toBeUndefined();
});

test("leads from a page to the trace", async () => {
  const registry = new Registry({ now: () => 1_700_000_000_000 });
  registry.exemplars(activeSpan);
  const held = registry.counter({ name: "jobs", help: "Jobs." });
  const seconds = registry.histogram({
    name: "job_seconds",
    help: "Jobs.",
    labels: ["kind"],
    buckets: [1],
  });
  inSpan(TraceFlags.SAMPLED, () => {
    held.inc();
    seconds.observe({ kind: "mail" }, 0.5);
  });
  const accept = "application/openmetrics-text; version=1.0.0";
  const page = new TextDecoder().decode((await registry.expose({ accept })).body);
  const exemplar = `{trace_id="${traceId}",span_id="${spanId}"}`;
  expect(page).toContain(`jobs_total 1 # ${exemplar} 1 1700000000\n`);
  expect(page).toContain(
    `job_seconds_bucket{kind="mail",le="1.0"} 1 # ${exemplar} 0.5 1700000000\n`,
  );
});
