import { invalidMetricName, invalidOption, nameTaken, sampleNameTaken } from "../errors.ts";
import type { PageSink } from "../exposition/render.ts";
import { CollectedInstrument } from "../instruments/collected.ts";
import type { HeldSeries } from "../instruments/held-series.ts";
import type { Instrument } from "../instruments/instrument.ts";
import { escapeMetricName } from "../model/escaping.ts";
import { exposedNames, type Family } from "../model/family.ts";
import type { Reader } from "./page/run.ts";

/** An instrument of any type; the reader is undefined where no callback supplies the values. */
export type AnyInstrument = Instrument<HeldSeries> & { readonly reader: Reader | undefined };

/** A registry's instruments by name; no two of them expose the same name. */
export class Families {
  readonly #instruments = new Map<string, AnyInstrument>();
  /** Which family exposes a name in any format. */
  readonly #owners = new Map<string, string>();
  readonly #reserved = new Set<Family>();
  /** Which family has a name in a format, by format, until a family comes or goes. */
  readonly #taken = new Map<string, ReadonlyMap<string, string>>();

  [Symbol.iterator](): Iterator<AnyInstrument> {
    return this.#instruments.values();
  }

  /**
   * Adds an instrument, or returns the one that already has the same definition. Everything that can be
   * wrong is checked before anything changes.
   */
  add(instrument: AnyInstrument, initial: readonly object[] = []): AnyInstrument {
    const { name } = instrument.family;
    const existing = this.#instruments.get(name);
    if (!Array.isArray(initial)) {
      throw invalidOption(name, "initial", initial, "use an array of label sets");
    }
    if (existing === undefined) this.#checkFree(instrument.family);
    else checkSame(existing, instrument);
    for (const labels of initial) instrument.table.find(labels); // Throws if they don't fit.
    const kept = existing ?? instrument;
    for (const labels of initial) kept.table.slotOf(labels);
    if (existing === undefined) {
      this.reserve(instrument.family);
      this.#instruments.set(name, instrument);
    } else {
      renewCallback(existing, instrument);
    }
    return kept;
  }

  /** Reserves a family's names, so that no other family can have them. */
  reserve(family: Family): void {
    for (const exposed of claimedNames(family)) this.#owners.set(exposed, family.name);
    this.#reserved.add(family);
    this.#taken.clear();
  }

  /** @param exposed a family's name, or that of its samples */
  find(exposed: string): AnyInstrument | undefined {
    // A name that is not set finds none; any other value is a mistake.
    if (exposed === undefined) return undefined;
    if (typeof exposed !== "string") throw invalidMetricName(exposed);
    const name = this.#owners.get(escapeMetricName(exposed, "underscores")) ?? exposed;
    return this.#instruments.get(name);
  }

  /** @param exposed a family's name, or that of its samples */
  remove(exposed: string): boolean {
    const instrument = this.find(exposed);
    if (instrument === undefined) return false;
    for (const claimed of claimedNames(instrument.family)) this.#owners.delete(claimed);
    this.#reserved.delete(instrument.family);
    this.#taken.clear();
    return this.#instruments.delete(instrument.family.name);
  }

  /**
   * Which family has a name in a format.
   *
   * @param format of `names`, which gives the names of a family and its samples in that format
   */
  taken(format: string, names: (family: Family) => string[]): ReadonlyMap<string, string> {
    let taken = this.#taken.get(format);
    if (taken === undefined) {
      const all = [...this.#reserved].flatMap((family) =>
        names(family).map((name): [string, string] => [name, family.name]),
      );
      taken = new Map(all);
      this.#taken.set(format, taken);
    }
    return taken;
  }

  /** Throws where one of the names under which this family would be exposed is taken. */
  #checkFree(family: Family): void {
    for (const exposed of claimedNames(family)) {
      const owner = this.#owners.get(exposed);
      if (owner !== undefined) throw sampleNameTaken(exposed, family.name, owner);
    }
  }
}

/** The names that are used on one page. */
export class Claims {
  readonly #families: Families;
  /** The format and its escaping, for people too. */
  readonly format: string;
  readonly #claimed = new Map<string, string>();
  /** Families that have `createdSamples`. */
  readonly #withStarts = new Set<string>();

  constructor(families: Families, format: string) {
    this.#families = families;
    this.format = format;
  }

  /** Claims the family's names on the page. If one is taken, claims none and tells which, and by whom. */
  claim(
    family: Family,
    sink: PageSink,
  ): { readonly name: string; readonly owner: string } | undefined {
    const names = sink.names(family);
    const taken = this.#families.taken(this.format, (family) => sink.names(family));
    for (const name of names) {
      const owner = taken.get(name) ?? this.#claimed.get(name);
      if (owner !== undefined) return { name, owner };
    }
    for (const name of names) this.#claimed.set(name, family.name);
    if (family.createdSamples) this.#withStarts.add(family.name);
    return undefined;
  }

  /** Whether the starts of a family's series are on the page already. */
  tellsStarts(family: string): boolean {
    return this.#withStarts.has(family);
  }
}

/** Whether a page has this family that was asked for with these names, if any. */
export function isNamed(family: Family, names: ReadonlySet<string> | undefined): boolean {
  return names === undefined || exposedNames(family).some((exposed) => names.has(exposed));
}

/** The names that a family keeps from others: as old servers see them, to whom `a.b` is `a_b`. */
function claimedNames(family: Family): string[] {
  return exposedNames(family).map((name) => escapeMetricName(name, "underscores"));
}

function checkSame(existing: AnyInstrument, wanted: AnyInstrument): void {
  const { signature } = existing.definition;
  if (signature !== wanted.definition.signature) {
    throw nameTaken(existing.family.name, signature, wanted.definition.signature);
  }
}

/** After a hot reload the new callback supplies the values. */
function renewCallback(existing: AnyInstrument, wanted: AnyInstrument): void {
  if (existing instanceof CollectedInstrument && wanted instanceof CollectedInstrument) {
    existing.callback = wanted.callback ?? existing.callback;
  }
}
