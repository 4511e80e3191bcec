import type { UpdateOptions } from "../../../index.ts";
import type { GivenLabels } from "./given-labels.ts";

const MAX_LENGTH = 128;

/**
 * Updates with an exemplar. Where its labels are too long, the update counts without it, and then there is an
 * error; where Narthex finds something else wrong with them, the update counts without it.
 */
export function withExemplar(labels: GivenLabels, update: (options?: UpdateOptions) => void): void {
  const entries = Object.entries(labels).map(([name, value]) => [name, `${value}`]);
  if (entries.flat().join("").length > MAX_LENGTH) {
    update();
    throw new RangeError("Label set size must be smaller than 128 UTF-8 chars");
  }
  try {
    update({ exemplar: Object.fromEntries(entries) });
  } catch {
    update();
  }
}
