import type { Family } from "../../model/family.ts";
import type {
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import { DistributionHistory } from "./distribution.ts";
import { NumbersHistory } from "./numbers.ts";
import { FINE_MS, type Point, Timeline } from "./timeline.ts";

/** What a history keeps of one family. */
type Kept = NumbersHistory | DistributionHistory;

/** A family as the page lists it. */
export interface ListedFamily {
  readonly family: Family;
  series: number;
  readonly kept: Kept | undefined;
  /** When its history was asked for last, in milliseconds since the epoch. */
  askedAt: number;
}

/** What is drawn first, made from no metric. */
export interface Overview {
  readonly requests: NumbersHistory;
  readonly duration: DistributionHistory;
  readonly running: NumbersHistory;
  readonly process: NumbersHistory;
  readonly cpu: NumbersHistory;
}

/**
 * What the families of a registry were, as far back as the page goes. Its memory is bounded: by the number
 * of families, of lines in each, and of rows.
 */
export class History {
  readonly timeline: Timeline;
  readonly overview: Overview = {
    requests: new NumbersHistory("rate"),
    duration: new DistributionHistory(),
    running: new NumbersHistory("value"),
    process: new NumbersHistory("value"),
    cpu: new NumbersHistory("rate"),
  };
  readonly families = new Map<string, ListedFamily>();
  /** The good events of each objective, and all of them. */
  readonly objectives = new Map<string, NumbersHistory>();
  readonly #historyMs: number;
  readonly #maxFamilies: number;

  constructor(historySeconds: number, maxFamilies: number) {
    this.#historyMs = historySeconds * 1000;
    this.#maxFamilies = maxFamilies;
    this.timeline = new Timeline(historySeconds);
  }

  /** A family that is being read. It has a history if there is room for one. */
  listed(family: Family): ListedFamily {
    const known = this.families.get(family.name);
    if (known !== undefined && known.family.type === family.type) {
      known.series = 0;
      return known;
    }
    const kept = this.#keptFamilies().length < this.#maxFamilies ? newHistory(family) : undefined;
    const listed = { family: { ...family }, series: 0, kept, askedAt: 0 };
    this.families.set(family.name, listed);
    return listed;
  }

  /** Forgets families that are not there any more. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.families.keys()) if (!names.has(name)) this.families.delete(name);
  }

  /** Ends a sample. */
  push(now: number): void {
    const rows = this.timeline.next(now);
    const time = this.timeline.last;
    const oldest = time - this.#historyMs;
    const forgetAfter = this.#historyMs / FINE_MS;
    const kept = [
      ...this.#keptFamilies().map((listed) => listed.kept!),
      ...Object.values(this.overview),
      ...this.objectives.values(),
    ];
    for (const one of kept) {
      if (one instanceof NumbersHistory) one.push(rows, time, forgetAfter);
      else one.push(rows, time, oldest);
    }
  }

  /** The rows of a family after a time. Whoever asks gets a history from now on. */
  of(name: string, points: readonly Point[]) {
    const listed = this.families.get(name);
    if (listed === undefined) return undefined;
    listed.askedAt = this.timeline.last;
    if (listed.kept === undefined) this.#makeRoomFor(listed);
    const { family, kept, series } = this.families.get(name)!;
    return { type: family.type, series, ...kept?.at(points) };
  }

  #makeRoomFor(wanted: ListedFamily): void {
    const kept = newHistory(wanted.family);
    if (kept === undefined) return;
    const others = this.#keptFamilies().sort((a, b) => a.askedAt - b.askedAt);
    const [oldest] = others;
    if (others.length >= this.#maxFamilies && oldest !== undefined) {
      this.families.set(oldest.family.name, { ...oldest, kept: undefined });
    }
    this.families.set(wanted.family.name, { ...wanted, kept });
  }

  #keptFamilies(): ListedFamily[] {
    return [...this.families.values()].filter(({ kept }) => kept !== undefined);
  }
}

/** Infos have none, because their facts are not drawn. */
function newHistory({ type }: Family): Kept | undefined {
  if (type === "info") return undefined;
  if (type === "histogram" || type === "gaugehistogram") return new DistributionHistory();
  return new NumbersHistory(type === "counter" ? "rate" : "value");
}

/** Reads one series into the history of its family. */
export const READ = {
  number({ kept }: ListedFamily, head: SeriesHead, value: number): void {
    if (kept instanceof NumbersHistory) kept.read(head, value);
  },
  histogram({ kept }: ListedFamily, value: HistogramValue, exemplarsAt: number | undefined): void {
    if (!(kept instanceof DistributionHistory)) return;
    kept.read(value);
    if (exemplarsAt !== undefined) kept.readExemplars(value, exemplarsAt);
  },
  summary({ kept }: ListedFamily, head: SeriesHead, value: SummaryValue): void {
    if (!(kept instanceof NumbersHistory)) return;
    value.quantiles.forEach((quantile, i) => {
      kept.readPart(head, "quantile", String(quantile), value.quantile(i));
    });
  },
  stateSet({ kept, family }: ListedFamily, head: SeriesHead, value: StateSetValue): void {
    if (!(kept instanceof NumbersHistory)) return;
    value.states.forEach((state, i) => {
      kept.readPart(head, family.name, state, value.isSet(i) ? 1 : 0);
    });
  },
};
