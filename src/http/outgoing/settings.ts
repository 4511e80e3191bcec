import { invalidSetting } from "../../errors.ts";
import { OUTGOING_CONVENTIONS } from "./conventions.ts";
import type { OutgoingMetricsOptions } from "./options.ts";

/** The options that must be the same for all callers of a registry, checked and complete. */
export type OutgoingSettings = Required<
  Pick<OutgoingMetricsOptions, "conventions" | "limit" | "metrics">
>;

export function outgoingSettings({
  conventions = "prometheus",
  limit = 100,
  metrics = {},
  exclude,
}: OutgoingMetricsOptions): OutgoingSettings {
  if (!Object.hasOwn(OUTGOING_CONVENTIONS, conventions)) {
    throw invalid("conventions", conventions, 'use "prometheus" or "opentelemetry"');
  }
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit > 0)) {
    throw invalid("limit", limit, "use a whole number from 1, or Infinity");
  }
  if (exclude !== undefined && typeof exclude !== "function") {
    throw invalid("exclude", exclude, "use a function of the request");
  }
  return { conventions, limit, metrics };
}

const SHARED = ["conventions", "limit", "metrics"] as const;

/** Whether a caller takes any settings. */
export function isOpen(options: OutgoingMetricsOptions): boolean {
  return SHARED.every((option) => options[option] === undefined);
}

/** Throws where a caller asks for something else than what runs already. */
export function checkSame(running: OutgoingSettings, wanted: OutgoingMetricsOptions): void {
  for (const option of SHARED) {
    const is = JSON.stringify(running[option]);
    if (wanted[option] === undefined || JSON.stringify(wanted[option]) === is) continue;
    const rule = `the registry already measures outgoing requests with ${is}: use the same, or stop that first`;
    throw invalid(option, wanted[option], rule);
  }
}

function invalid(option: string, value: unknown, rule: string): Error {
  return invalidSetting("measureOutgoing", option, value, rule);
}
