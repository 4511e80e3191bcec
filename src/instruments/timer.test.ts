import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startTimer, time } from "./timer.ts";

let clock: number;
let observed: number[];
const series = { observe: (value: number) => void observed.push(value) };
beforeEach(() => {
  clock = 5000;
  observed = [];
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a timer observes the seconds since its start, each time that it is asked", () => {
  const end = startTimer(series);
  clock += 250;
  expect(end()).toBe(0.25);
  clock += 1000;
  expect(end()).toBe(1.25);
  expect(observed).toEqual([0.25, 1.25]);
});

describe("timing work", () => {
  test("gives its result and observes how long it took", () => {
    const result = time(series, () => {
      clock += 500;
      return "done";
    });
    expect(result).toBe("done");
    expect(observed).toEqual([0.5]);
  });

  test("observes work that throws, and passes the error on", () => {
    const error = new Error("no");
    const work = () =>
      time(series, () => {
        clock += 500;
        throw error;
      });
    expect(work).toThrow(error);
    expect(observed).toEqual([0.5]);
  });

  test.each(["resolve", "reject"] as const)("waits for a promise to %s", async (outcome) => {
    let settle = (_: string): void => {};
    const promise = new Promise<string>((resolve, reject) => {
      settle = { resolve, reject }[outcome];
    });
    const result = time(series, () => promise);
    clock += 2000;
    expect(observed).toEqual([]);
    settle("outcome");
    expect(await result.catch((reason: unknown) => reason)).toBe("outcome");
    expect(observed).toEqual([2]);
  });

  test("runs a lazy thenable, such as a query builder, only once", async () => {
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: that is what query builders have.
      then(resolve: (rows: string) => unknown) {
        runs += 1;
        clock += 500;
        return Promise.resolve(resolve("rows"));
      },
    };
    await time(series, () => query as PromiseLike<string>);
    expect(runs).toBe(1);
    expect(observed).toEqual([0.5]);
  });
});
