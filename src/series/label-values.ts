/** Places are looked for among so many values, and in so many characters of each. */
const SOME_VALUES = 64;
const SOME_PLACES = 64;
const GOLDEN_RATIO = 0.6180339887498949;

/**
 * The values that one label has among the series of a family. Each has a small integer as its id. A
 * value is forgotten when the last series that uses it goes.
 */
export class LabelValues {
  /** The value of each id. */
  readonly values: string[] = [];
  private readonly ids = new Map<string, number>();
  private readonly uses: number[] = [];
  private readonly free: number[] = [];
  /** What of a value is hashed: characters at its ends, characters at other places, or else its id. */
  private hashesEnds: boolean;
  private hashesPlaces = false;
  /** The places of the characters that are hashed, where those at the ends do not tell values apart. */
  private first = 0;
  private second = 0;
  private third = 0;

  /** @param closed the only values that the label has: they stay, and their ids are their places in the list */
  constructor(closed?: readonly string[]) {
    this.hashesEnds = closed === undefined;
    for (const value of closed ?? []) this.retain(value);
  }

  /** How many distinct values there are. */
  get size(): number {
    return this.ids.size;
  }

  /** How many values have the hash of another one. */
  get alike(): number {
    const hashes = new Set(Array.from(this.ids.keys(), (value) => this.hash(value)));
    return this.size - hashes.size;
  }

  /** The value's id; undefined if no series has it. */
  find(value: string): number | undefined {
    return this.ids.get(value);
  }

  /** The value's id, for one more series that uses it. */
  retain(value: string): number {
    let id = this.ids.get(value);
    if (id === undefined) {
      id = this.free.pop() ?? this.values.length;
      this.ids.set(value, id);
      this.values[id] = value;
      this.uses[id] = 0;
    }
    this.uses[id]! += 1;
    return id;
  }

  /** One series less uses the value of this id. */
  release(id: number): void {
    this.uses[id]! -= 1;
    if (this.uses[id] === 0) {
      this.ids.delete(this.values[id]!);
      this.values[id] = "";
      this.free.push(id);
    }
  }

  /** To be called where too many values are alike: tells them apart by other characters or, if that is too little, by ids. */
  tellApart(): void {
    const before = this.alike;
    [this.first, this.second, this.third] = tellingPlaces([...this.ids.keys()]);
    this.hashesEnds = false;
    this.hashesPlaces = true;
    const { alike } = this;
    this.hashesPlaces = alike < before && 4 * alike <= this.size;
  }

  /** A hash of a value, which different values may share. */
  hash(value: string): number {
    if (!this.hashesEnds) return this.hashOtherwise(value);
    const { length } = value;
    if (length === 0) return 0;
    return (
      length +
      Math.imul(value.charCodeAt(0), 31) +
      Math.imul(value.charCodeAt(length >> 1), 1031) +
      Math.imul(value.charCodeAt(length - 1), 131)
    );
  }

  private hashOtherwise(value: string): number {
    if (!this.hashesPlaces) return this.ids.get(value) ?? -1;
    const { first, second, third } = this;
    const { length } = value;
    return (
      length +
      (first < length ? Math.imul(value.charCodeAt(first), 31) : 0) +
      (second < length ? Math.imul(value.charCodeAt(second), 1031) : 0) +
      (third < length ? Math.imul(value.charCodeAt(third), 131) : 0)
    );
  }
}

/** The places of those characters that, with its length, tell a value from the others best. */
function tellingPlaces(values: readonly string[]): [number, number, number] {
  const count = Math.min(values.length, SOME_VALUES);
  // In an order that has nothing to do with that of numbers in the values.
  const some = Array.from({ length: count }, (_, i) => {
    return values[Math.floor(((i * GOLDEN_RATIO) % 1) * values.length)]!;
  });
  const keys = some.map(({ length }) => length);
  const withPlace = (place: number) =>
    some.map((value, i) => Math.imul(keys[i]!, 0x9e3779b1) + (value.charCodeAt(place) | 0));
  const best = () => {
    let best = 0;
    let most = 0;
    for (let place = 0; place < SOME_PLACES; place += 1) {
      const distinct = new Set(withPlace(place)).size;
      if (distinct > most) [best, most] = [place, distinct];
    }
    withPlace(best).forEach((key, i) => {
      keys[i] = key;
    });
    return best;
  };
  return [best(), best(), best()];
}
