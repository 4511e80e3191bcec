import type { SeriesHead } from "../../model/sample-sink.ts";
import type { Point, Rows } from "./timeline.ts";
import { Track, type TrackKind } from "./track.ts";

/** How many series of a family have a line of their own. */
const MAX_TRACKS = 12;

/** A track that is held by the place of its series. */
interface Held {
  readonly tenancy: number;
  readonly track: Track | undefined;
}

/** The history of a family whose series are numbers: of the first ones, and of all together. */
export class NumbersHistory {
  readonly kind: TrackKind;
  readonly #tracks = new Map<string, Track>();
  readonly #total: Track;
  readonly #held = new Map<object, Map<number, Held>>();
  #lastTime: number | undefined;

  constructor(kind: TrackKind) {
    this.kind = kind;
    this.#total = new Track(kind, [], undefined);
  }

  read(head: SeriesHead, value: number): void {
    this.#total.add(value);
    this.#heldTrack(head)?.set(value);
  }

  /** Reads one number of several that a series has. */
  readPart(head: SeriesHead, label: string, part: string, value: number): void {
    this.#track([...pairs(head), [label, part]])?.set(value);
  }

  /** Reads a number that is no series. */
  readNamed(label: string, part: string, value: number): void {
    this.#total.add(value);
    this.#track([[label, part]])?.set(value);
  }

  push(rows: Rows, time: number, forgetAfter: number): void {
    this.#total.push(rows, time);
    for (const [key, track] of this.#tracks) {
      track.push(rows, time);
      if (track.unread > forgetAfter) this.#forget(key);
    }
    this.#lastTime = time;
  }

  /** As the page gets it. */
  at(points: readonly Point[]) {
    return {
      total: this.#total.at(points),
      tracks: Array.from(this.#tracks.values(), (track) => ({
        labels: track.labels,
        values: track.at(points),
      })),
    };
  }

  /** Series keep their place, so that their labels are read once. */
  #heldTrack(head: SeriesHead): Track | undefined {
    const { table, slot, tenancy } = head;
    if (table === undefined) return this.#track(pairs(head));
    let bySlot = this.#held.get(table);
    if (bySlot === undefined) {
      bySlot = new Map();
      this.#held.set(table, bySlot);
    }
    const held = bySlot.get(slot);
    if (held?.tenancy === tenancy) return held.track;
    // Those without a line are not held, as there may be any number of them.
    if (held === undefined && this.#tracks.size >= MAX_TRACKS) return undefined;
    const track = this.#track(pairs(head));
    bySlot.set(slot, { tenancy, track });
    return track;
  }

  #track(labels: Track["labels"]): Track | undefined {
    const key = JSON.stringify(labels);
    let track = this.#tracks.get(key);
    if (track === undefined && this.#tracks.size < MAX_TRACKS) {
      track = new Track(this.kind, labels, this.#lastTime);
      this.#tracks.set(key, track);
    }
    return track;
  }

  #forget(key: string): void {
    this.#tracks.delete(key);
    this.#held.clear();
  }
}

function pairs({ labelNames, labelValues }: SeriesHead): Track["labels"] {
  const values = labelValues;
  return labelNames.map((name, i) => [name, values[i]!] as const);
}
