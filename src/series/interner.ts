/**
 * Gives each distinct value of one label a small integer as its id. It counts how many series use a
 * value, and forgets the value when the last of them goes.
 */
export class Interner {
  private readonly ids = new Map<unknown, number>();
  private readonly values: string[] = [];
  private readonly uses: number[] = [];
  private readonly free: number[] = [];

  /** The value's id; undefined if no series has it, or it is not a string. */
  find(value: unknown): number | undefined {
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
      this.ids.delete(this.values[id]);
      this.values[id] = "";
      this.free.push(id);
    }
  }

  value(id: number): string {
    return this.values[id]!;
  }
}
