import { show } from "../../errors.ts";
import type { Rule } from "./rule.ts";

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** A few may be the names of instances; no more than a few tests make more. */
const MAX_UUIDS = 5;

/**
 * A label without a bound makes a series for each value. Of all ids only UUIDs can't be taken for
 * anything else; infos are made of labels, and there they do no harm.
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
