import { isThenable } from "../../instruments/work.ts";
import { type Call, during } from "../page/call.ts";
import { LATE } from "../page/run.ts";

/** Reading the clock for each sample would take as long as writing it. */
const SAMPLES_PER_CHECK = 64;

/** One visit of a user's source. It has limited time, and its sink takes nothing afterwards. */
export class Visit {
  readonly #call: Call;
  readonly #end: number;
  #samples = 0;
  #isOver = false;

  constructor(call: Call, maxMs: number) {
    this.#call = call;
    this.#end = performance.now() + maxMs;
  }

  /** The visit, with its pauses. Throws if it fails or takes too long. */
  *steps(visit: () => Iterable<void> | void): Generator<void> {
    let iterator: Iterator<void> | undefined;
    const next = () => iterator?.next().done === false;
    try {
      iterator = during(this.#call, () => begin(visit()));
      while (during(this.#call, next)) {
        this.#checkTime();
        yield;
      }
      iterator = undefined;
      // Checked again, because the visit may have caught what its sink threw.
      this.#checkTime();
    } finally {
      this.#isOver = true;
      during(this.#call, () => iterator?.return?.());
    }
  }

  /** Is called for everything that the sink gets. Throws if the visit is over, or its time is. */
  check(): void {
    if (this.#isOver) throw new Error("a sink takes nothing once its visit is over");
    this.#samples += 1;
    if (this.#samples % SAMPLES_PER_CHECK === 0) this.#checkTime();
  }

  #checkTime(): void {
    if (!this.#isOver && performance.now() <= this.#end) return;
    this.#isOver = true;
    throw LATE;
  }
}

function begin(steps: Iterable<void> | void): Iterator<void> | undefined {
  if (!isThenable(steps)) return steps?.[Symbol.iterator]();
  Promise.resolve(steps).catch(() => {});
  throw "its visit is asynchronous: fetch in collect, and visit what was fetched";
}
