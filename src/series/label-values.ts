import { ENDS, type HashedCharacters, hashOf, tellingCharacters } from "./value-hash.ts";

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
  /** What of a value is hashed; undefined where characters do not tell values apart, so that ids are the hashes. */
  hashed: HashedCharacters | undefined;

  /** @param closed the only values that the label has: they stay, and their ids are their places in the list */
  constructor(closed?: readonly string[]) {
    this.hashed = closed === undefined ? ENDS : undefined;
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
    this.hashed = tellingCharacters([...this.ids.keys()]);
    const { alike } = this;
    if (alike >= before || 4 * alike > this.size) this.hashed = undefined;
  }

  /** A hash of a value, which different values may share. */
  hash(value: string): number {
    return this.hashed === undefined ? this.idHash(value) : hashOf(value, this.hashed);
  }

  /** The same where ids are the hashes. */
  idHash(value: string): number {
    return this.ids.get(value) ?? -1;
  }
}
