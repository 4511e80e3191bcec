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
  /** Whether too many values have the same three characters: then a value's hash is its id. */
  isHashedById = false;

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

  /** A hash of a value, which different values may share. */
  hash(value: string): number {
    if (this.isHashedById) return this.ids.get(value) ?? -1;
    const { length } = value;
    if (length === 0) return 0;
    return (
      length +
      Math.imul(value.charCodeAt(0), 31) +
      Math.imul(value.charCodeAt(length >> 1), 1031) +
      Math.imul(value.charCodeAt(length - 1), 131)
    );
  }
}
