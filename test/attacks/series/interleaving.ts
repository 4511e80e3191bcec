import fc from "fast-check";
import { expect } from "vitest";
import type { FormatName } from "../../../src/exposition/formats.ts";
import { Registry } from "../../../src/index.ts";
import { FORMATS } from "../../page-of-any-format.ts";
import { countsOnPage } from "./counts.ts";
import { anyLabelSet, keyOf, type LabelSet } from "./label-sets.ts";
import { type Entry, Model } from "./model.ts";
import { type Options, type Subject, TYPES } from "./subjects.ts";

export type Step =
  | { readonly do: "update" | "hold" | "remove"; readonly labels: LabelSet }
  | { readonly do: "update held"; readonly which: number }
  | { readonly do: "clear" }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "scrape"; readonly format: FormatName };

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: withLabels("update") },
  { weight: 3, arbitrary: withLabels("hold") },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("update held"), which: fc.nat(20) }) },
  { weight: 2, arbitrary: withLabels("remove") },
  { weight: 1, arbitrary: fc.constant({ do: "clear" } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait"), seconds: fc.constantFrom(1, 30, 60) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("scrape"), format: fc.constantFrom(...FORMATS) }),
  },
) as fc.Arbitrary<Step>;

function withLabels(what: "update" | "hold" | "remove") {
  return fc.record({ do: fc.constant(what), labels: anyLabelSet });
}

/** A family, its model, and the scrapes that are under way. */
export class Interleaving {
  readonly registry = new Registry({ now: () => this.#model.now });
  readonly #model: Model;
  readonly #subject: Subject;
  readonly #held: { readonly series: object; entry: Entry }[] = [];
  readonly #scrapes: Promise<void>[] = [];

  constructor(type: string, options: Pick<Options, "limit" | "expireAfterSeconds">) {
    this.#model = new Model(options);
    const labels = ["a", "b"] as const;
    this.#subject = TYPES[type]!(this.registry, { ...options, name: "m", help: "", labels });
  }

  take(step: Step): void {
    const model = this.#model;
    switch (step.do) {
      case "update":
        this.#subject.update(step.labels);
        model.update(model.entryOf(keyOf(step.labels.a, step.labels.b)));
        return;
      case "hold": {
        const series = this.#subject.hold(step.labels);
        const entry = model.entryOf(keyOf(step.labels.a, step.labels.b));
        // Whoever asks for a series again gets the same one, which comes and goes for both.
        this.#held.push(this.#held.find((held) => held.series === series) ?? { series, entry });
        return;
      }
      case "update held":
        this.#updateHeld(step.which);
        return;
      case "remove":
        expect(this.#subject.remove(step.labels)).toBe(
          model.remove(keyOf(step.labels.a, step.labels.b)),
        );
        return;
      case "clear":
        this.#subject.clear();
        model.clear();
        return;
      case "wait":
        model.now += 1000 * step.seconds;
        return;
      case "scrape":
        this.#scrapes.push(this.#scrape(step.format));
    }
  }

  #updateHeld(which: number): void {
    const held = this.#held[which % Math.max(1, this.#held.length)];
    if (held === undefined) return;
    this.#subject.updateHeld(held.series);
    // A series that expired comes back; one that was removed does not.
    if (held.entry.gone === "expired") held.entry = this.#model.entryOf(held.entry.key);
    if (held.entry.gone === undefined) this.#model.update(held.entry);
  }

  /** Whatever happens meanwhile, the page has each series that was there all the time, and no new one. */
  async #scrape(format: FormatName): Promise<void> {
    this.#model.expire();
    const before = new Map(
      [...this.#model.entries].map(([key, entry]) => [key, { entry, count: entry.count }]),
    );
    const { series } = await countsOnPage(this.registry, format);
    for (const [key, count] of series) {
      const from = before.get(key);
      expect(count, key).toBeGreaterThanOrEqual(from?.count ?? Number.POSITIVE_INFINITY);
      expect(count, key).toBeLessThanOrEqual(from!.entry.count);
    }
    for (const [key, { entry }] of before) {
      if (entry.gone === undefined) expect(series.has(key), key).toBe(true);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#scrapes);
    this.#model.expire();
    for (const format of FORMATS) {
      const { series, overflows } = await countsOnPage(this.registry, format);
      const expected = [...this.#model.entries].map(([key, { count }]) => [key, count] as const);
      expect(series, format).toEqual(new Map(expected));
      expect(overflows, format).toBe(this.#model.overflows);
    }
  }
}
