import { expect, it } from "vitest";
import { addNanoseconds, CARRY, sumOf } from "../../model/duration-sum.ts";
import { LiveTable } from "./live-table.ts";

const ATOMICS = Atomics.add;

/** The numbers of a sum after each step of an update that carries. */
function stepsOfCarry(numbers: readonly [number, number], nanoseconds: number) {
  const array = Float64Array.from(numbers);
  const steps = [[...array]];
  const watched = new Proxy(array, {
    get: (target, key) => Reflect.get(target, key),
    set(target, key, value) {
      Reflect.set(target, key, value);
      steps.push([...target]);
      return true;
    },
  });
  addNanoseconds(watched, 0, nanoseconds);
  return steps as [number, number][];
}

it("reads no sum of durations of which one number is from before a carry and the other from after it", () => {
  const layout = {
    family: { name: "s", help: "", type: "summary" },
    labelNames: [],
    shape: [],
  } as const;
  const steps = stepsOfCarry([5, CARRY - 10], 30);
  const sums = [steps[0]!, steps.at(-1)!].map(([seconds, rest]) => sumOf(seconds, rest));
  const last = steps.length - 1;
  let tried = 0;
  // When each of the four readings is done: the nanoseconds, both numbers in any order, the nanoseconds.
  for (let first = 0; first <= last; first += 1) {
    for (let end = first; end <= last; end += 1) {
      for (let seconds = first; seconds <= end; seconds += 1) {
        for (let rest = first; rest <= end; rest += 1) {
          const table = new LiveTable({ layout, createds: [0], values: [[]] });
          const numbers = new Float64Array(3);
          const show = ([one, two]: readonly number[]) => numbers.set([one!, two!], 1);
          const readings = [[steps[seconds]![0], steps[rest]![1]], steps[end]!];
          show(steps[first]!);
          Atomics.add = ((...args: Parameters<typeof ATOMICS>) => {
            show((readings.shift() ?? steps.at(-1)) as number[]);
            return ATOMICS(...args);
          }) as typeof ATOMICS;
          table.chunks.push({ firstSlot: 0, numbers });
          table.ids.push(0);
          try {
            const [, observed, nanoseconds] = table.copy().numbers;
            expect(sums).toContain(sumOf(observed!, nanoseconds!));
          } finally {
            Atomics.add = ATOMICS;
          }
          tried += 1;
        }
      }
    }
  }
  expect(steps).toHaveLength(4);
  expect(tried).toBe(50);
});
