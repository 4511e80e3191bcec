import { labelsKey } from "../../exposition/parse/parsed-labels.ts";
import type { Rule } from "./rule.ts";

/** Of two samples of one series Prometheus keeps one, and says nothing. */
export const duplicateSeries: Rule = {
  name: "duplicate-series",
  *check({ samples }) {
    const seen = new Set<string>();
    for (const { name, labels } of samples) {
      const key = `${name} ${labelsKey(labels)}`;
      if (seen.has(key)) yield "metric not unique";
      seen.add(key);
    }
  },
};
