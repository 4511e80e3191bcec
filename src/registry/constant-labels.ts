import { invalidSetting, labelsShown } from "../errors.ts";
import type { LabelValue } from "../instruments/definition/labels.ts";
import { checkLegacyLabelNames } from "../model/legacy-names.ts";
import { checkLabelNames } from "../model/names.ts";
import { readLabels } from "../series/label-object.ts";

/** A metric that has the labels beside its own. */
interface Labelled {
  /** Throws if the metric can't have these constant labels. */
  checkConstantLabels(names: readonly string[]): void;
}

/**
 * The labels that every series of a registry has. Its metrics and sources share this object, and read it
 * whenever they are visited.
 */
export class ConstantLabels {
  names: readonly string[] = [];
  values: readonly string[] = [];
  /** Whether a page has had them. From then on they stay: with others, every series would be a new one. */
  areShown = false;
  readonly #utf8: boolean;

  /** @param utf8 whether their names may have any characters */
  constructor(utf8: boolean) {
    this.#utf8 = utf8;
  }

  /** Replaces all labels. If it throws, nothing has changed. */
  replace(labels: Readonly<Record<string, LabelValue>>, metrics: Iterable<Labelled>): void {
    if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
      throw invalidSetting("Registry", "labels", labels, "use an object of label values");
    }
    const names = Object.keys(labels);
    checkLabelNames("of the registry", names);
    if (!this.#utf8) checkLegacyLabelNames("of the registry", names);
    const values = readLabels("of the registry", names, labels);
    // A module that is loaded again sets the same labels again.
    if (this.areShown && this.#areSame(names, values)) return;
    if (this.areShown) throw labelsShown(this.names, names);
    for (const metric of metrics) metric.checkConstantLabels(names);
    this.names = names;
    this.values = values;
  }

  #areSame(names: readonly string[], values: readonly string[]): boolean {
    return (
      names.length === this.names.length &&
      names.every((name, i) => values[i] === this.values[this.names.indexOf(name)])
    );
  }
}

/** The labels without those of some names. They are filtered at each reading, as `setLabels` may replace them. */
export function labelsWithout(
  labels: Pick<ConstantLabels, "names" | "values">,
  isLeftOut: (name: string) => boolean,
): Pick<ConstantLabels, "names" | "values"> {
  const isKept = (_: string, i: number) => !isLeftOut(labels.names[i]!);
  return {
    get names() {
      return labels.names.filter(isKept);
    },
    get values() {
      return labels.values.filter(isKept);
    },
  };
}
