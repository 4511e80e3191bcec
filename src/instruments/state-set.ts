import { invalidOption, NOT_EMPTY, show } from "../errors.ts";
import { checkStateSetName } from "../model/names.ts";
import type { SampleSink, StateSetValue } from "../model/sample-sink.ts";
import type { OptionNames } from "../options.ts";
import { define, type RegistryContext } from "./definition/define.ts";
import type {
  DeclaredLabels,
  LabelledFamily,
  LabelName,
  Labels,
  LabelTypes,
  PlainFamily,
} from "./definition/labels.ts";
import { METRIC_OPTIONS, type MetricOptions } from "./definition/options.ts";
import { HeldSeries } from "./held-series.ts";
import { Instrument } from "./instrument.ts";
import type { SeriesRow } from "./series-row.ts";

/** The definition of a state set. It can't have a unit. */
export interface StateSetOptions<S extends string, L extends DeclaredLabels>
  extends Omit<MetricOptions<L>, "unit"> {
  /** All possible states; each of them is on the page, as 0 or 1. */
  readonly states: readonly S[];
}

/** A state set's series. */
export interface StateSetSeries<S extends string> {
  /**
   * Switches a state on or off, and leaves the others as they are. At first all of them are off.
   * @throws NarthexError only in a strict registry: `NARTHEX_VALUE_INVALID` if there is no such state, or `on` is not a boolean
   */
  set(state: S, on: boolean): void;
}

/**
 * States that are on or off independently of each other, such as features or modes.
 *
 * @example
 * const feature = metrics.stateSet({ name: "feature", help: "Features.", states: ["search", "chat"] });
 * feature.set("search", true); // feature{feature="search"} 1 and feature{feature="chat"} 0
 */
export interface LabelledStateSet<S extends string, L extends LabelTypes>
  extends LabelledFamily<L, StateSetSeries<S>> {
  /**
   * Switches a state of the series with these labels on or off, and leaves the others as they are.
   *
   * @throws NarthexError only in a strict registry, if the labels are wrong, there is no such state, or
   *   `on` is not a boolean
   *
   * @example
   * const feature = metrics.stateSet({ name: "feature", help: "…", labels: ["plan"], states: ["chat"] });
   * feature.set({ plan: "pro" }, "chat", true);
   */
  set(labels: Labels<L>, state: S, on: boolean): void;
}

/** A state set without labels. */
export interface PlainStateSet<S extends string>
  extends StateSetSeries<S>,
    PlainFamily<StateSetSeries<S>> {}

/** A state set with the states `S` and the labels `L`, names or an object of their values; by default it has none. */
export type StateSet<S extends string, L extends LabelTypes = never> = [LabelName<L>] extends [
  never,
]
  ? PlainStateSet<S>
  : LabelledStateSet<S, L>;

const { unit: _unit, ...WITHOUT_UNIT } = METRIC_OPTIONS;

/** A row has a 0 or 1 for each state. */
export class StateSetInstrument extends Instrument<HeldStateSet> {
  static readonly options: OptionNames<StateSetOptions<string, string>> = {
    ...WITHOUT_UNIT,
    states: true,
  };

  /** No callback supplies its values. */
  readonly reader = undefined;
  private readonly states: readonly string[];
  private readonly value: RowValue;

  constructor(options: StateSetOptions<string, string>, context: RegistryContext) {
    const { states } = options;
    checkStates(options.name, states);
    const definition = define("stateset", options, context, { states });
    checkStateSetName(definition.family.name);
    super(definition, states.length);
    this.states = [...states];
    this.value = new RowValue(this.states);
    this.open();
  }

  set(labels: object, state: unknown, on: unknown): void {
    try {
      this.check(state, on);
      this.seriesOf(labels).set(state, on);
    } catch (error) {
      this.rejectFor(labels, error, this.set);
    }
  }

  /**
   * The place of the state in a row; throws if there is no such state, or `on` is not a boolean.
   */
  check(state: unknown, on: unknown): number {
    const place = this.states.indexOf(state as string);
    if (place < 0) {
      const states = this.states.map(show).join(", ");
      throw this.invalidValue(state, `its states are ${states}`);
    }
    if (typeof on !== "boolean") {
      throw this.invalidValue(on, `state ${show(state)} takes true or false`);
    }
    return place;
  }

  override get shape(): readonly string[] {
    return this.states;
  }

  protected override newSeries(): HeldStateSet {
    return new HeldStateSet(this);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    sink.stateSet(row, this.value.of(row));
  }
}

class HeldStateSet extends HeldSeries {
  declare protected readonly instrument: StateSetInstrument;

  set(state: unknown, on: unknown): void {
    try {
      const place = this.instrument.check(state, on);
      if (this.hasHooks) this.instrument.touch(this);
      this.chunk[this.at + place] = Number(on);
    } catch (error) {
      this.instrument.reject(error, this.set);
    }
  }
}

/** A view of one row for the sink, reused for every series of a visit. */
class RowValue implements StateSetValue {
  readonly states: readonly string[];
  private chunk: Float64Array = new Float64Array();
  private at = 0;

  constructor(states: readonly string[]) {
    this.states = states;
  }

  of(row: SeriesRow): this {
    this.chunk = row.chunk;
    this.at = row.at;
    return this;
  }

  isSet(i: number): boolean {
    return this.chunk[this.at + i] === 1;
  }
}

/** Throws unless the states are distinct strings that can be label values. */
function checkStates(metric: string, states: unknown): asserts states is readonly string[] {
  if (!Array.isArray(states) || states.length === 0) {
    throw invalidOption(metric, "states", states, "use an array of at least one state");
  }
  states.forEach((state, i) => {
    if (typeof state !== "string" || state === "" || !state.isWellFormed()) {
      throw invalidOption(metric, `states[${i}]`, state, NOT_EMPTY);
    }
    if (states.indexOf(state) < i) {
      throw invalidOption(metric, `states[${i}]`, state, "it is there twice");
    }
  });
}
