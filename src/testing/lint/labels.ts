import { show } from "../../errors.ts";
import type { Rule } from "./rule.ts";

export const reservedLabel: Rule = {
  name: "reserved-label",
  *check({ type, samples }) {
    if (type === "unknown") return;
    for (const { labels } of samples) {
      if (type !== "histogram" && "le" in labels) {
        yield 'non-histogram metrics should not have "le" label';
      }
      if (type !== "summary" && "quantile" in labels) {
        yield 'non-summary metrics should not have "quantile" label';
      }
    }
  },
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** A few UUIDs may be the names of instances. A test suite rarely makes more than these either. */
const MAX_UUIDS = 5;

/**
 * A label that takes any value makes a new series for each of them. Only UUIDs are looked for, as no
 * other id can be told from a harmless value, and not in infos, whose labels are their content.
 */
export const unboundedLabel: Rule = {
  name: "unbounded-label",
  *check({ name, samples }) {
    if (name.endsWith("_info")) return;
    const uuids = new Map<string, Set<string>>();
    for (const { labels } of samples) {
      for (const [label, value] of Object.entries(labels)) {
        if (!UUID.test(value)) continue;
        const values = uuids.get(label) ?? new Set();
        uuids.set(label, values.add(value));
      }
    }
    for (const [label, values] of uuids) {
      if (values.size <= MAX_UUIDS) continue;
      yield `labels should not be ids: ${values.size} values of ${show(label)} have UUIDs in them`;
    }
  },
};
