import { show } from "../../errors.ts";
import type { PageFamily } from "../read-page.ts";
import type { Rule } from "./rule.ts";

/** Prometheus reads a family in pieces, but OpenMetrics forbids it, and other readers refuse it. */
export const interleaved: Rule = {
  name: "interleaved",
  *check(family, page) {
    const [from, to] = linesOf(family);
    if (to - from < family.samples.length) return;
    const isBetween = (line: number) => line > from && line < to;
    const other = page.find((each) => each !== family && linesOf(each).some(isBetween));
    if (other === undefined) return;
    yield `samples should stand together, but ${show(other.name)} is between lines ${from} and ${to}`;
  },
};

/** The lines of the family's first and last sample. */
function linesOf({ samples }: PageFamily): [number, number] {
  return [samples[0]?.line ?? 0, samples.at(-1)?.line ?? -1];
}
