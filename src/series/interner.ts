/**
 * The distinct values of one label, each as a small number. Values are counted, so that those of
 * removed series are forgotten.
 */
export class Interner {
  private readonly ids = new Map<unknown, number>();
  private readonly values: string[] = [];
  private readonly uses: number[] = [];
  private readonly free: number[] = [];

  /** The value's id, or undefined where no series has it (or it is not a string at all). */
  find(value: unknown): number | undefined {
    return this.ids.get(value);
  }

  /** The value's id for one more series. */
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

  /** One series less has the value of this id. */
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
