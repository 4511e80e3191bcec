import { objectiveTaken } from "../errors.ts";
import { exposedName } from "../model/family.ts";
import {
  type CountedFamily,
  checkedObjective,
  type FamilyFinder,
  type Objective,
  type ObjectiveOptions,
} from "../model/objective.ts";
import type { ConstantLabels } from "./constant-labels.ts";
import type { AnyInstrument, Families } from "./families.ts";
import { readDefinedFamilies } from "./family-reader.ts";

/** The service level objectives of a registry, by name. */
export class Objectives implements FamilyFinder {
  readonly #objectives = new Map<string, Objective>();
  readonly #families: Families;
  readonly #labels: ConstantLabels;

  constructor(families: Families, labels: ConstantLabels) {
    this.#families = families;
    this.#labels = labels;
  }

  add<Good extends string, Total extends string>(
    options: ObjectiveOptions<Good, Total>,
  ): Objective {
    const objective = checkedObjective(options, this);
    const existing = this.#objectives.get(objective.name);
    const [before, now] = [JSON.stringify(existing), JSON.stringify(objective)];
    if (existing !== undefined && before !== now) throw objectiveTaken(objective.name, before, now);
    if (existing === undefined) this.#objectives.set(objective.name, objective);
    return existing ?? objective;
  }

  all(): Objective[] {
    return [...this.#objectives.values()];
  }

  /** @param family what users hold of a metric, or its name */
  find(family: unknown): CountedFamily | undefined {
    const instrument =
      typeof family === "string"
        ? this.#families.find(family)
        : Array.from(this.#families).find(({ handle }) => handle === family);
    return instrument && this.#counted(instrument);
  }

  names(): string[] {
    return Array.from(this.#families, ({ family }) => exposedName(family));
  }

  #counted(instrument: AnyInstrument): CountedFamily {
    const [read] = readDefinedFamilies([instrument]);
    const { labelNames, buckets } = read!.definition!;
    return {
      exposedName: exposedName(instrument.family),
      type: instrument.family.type,
      labelNames: [...labelNames, ...this.#labels.names],
      buckets,
    };
  }
}
