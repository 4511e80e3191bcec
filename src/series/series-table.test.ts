import { beforeEach, describe, expect, test, vi } from "vitest";
import { OVERFLOW_VALUE, SeriesTable, type SeriesTableOptions } from "./series-table.ts";

let now: number;
const onOverflow = vi.fn<() => void>();
const onAdded = vi.fn<(slot: number) => void>();
const onRemoved = vi.fn<(slot: number, expired: boolean) => void>();

beforeEach(() => {
  now = 1_700_000_000_000;
  vi.clearAllMocks();
});

function table(options: Partial<SeriesTableOptions> = {}): SeriesTable {
  return new SeriesTable({
    metric: "m",
    labelNames: ["a"],
    limit: Number.POSITIVE_INFINITY,
    expireAfterMs: 0,
    now: () => now,
    elapsed: () => now,
    onOverflowing: () => {},
    onOverflow,
    onAdded,
    onRemoved,
    ...options,
  });
}

/** The values of label `a` of all series that are there, in the order of their slots. */
function present(series: SeriesTable): (string | undefined)[] {
  const slots = Array.from({ length: series.slotCount }, (_, slot) => slot);
  return slots
    .filter((slot) => series.generation(slot) !== 0)
    .map((slot) => series.values(slot)[0]);
}

describe("slots", () => {
  test("a label set keeps its slot, and each new one is told of once", () => {
    const series = table();
    const [x, y] = [series.slotOf({ a: "x" }), series.slotOf({ a: "y" })];
    expect(x).not.toBe(y);
    expect(series.slotOf({ a: "x" })).toBe(x);
    expect(series.slotOfValues(["y"])).toBe(y);
    expect(onAdded.mock.calls).toEqual([[x], [y]]);
    expect(series.size).toBe(2);
  });

  test("find adds nothing", () => {
    const series = table();
    expect(series.find({ a: "x" })).toBe(-1);
    expect(series.size).toBe(0);
  });

  test("labels that do not fit leave the table as it was", () => {
    const series = table();
    expect(() => series.slotOf({ a: ["x"] })).toThrow();
    expect(() => series.slotOf({ b: "x" })).toThrow();
    expect([series.size, series.slotCount]).toEqual([0, 0]);
    expect(onAdded).not.toHaveBeenCalled();
  });

  test("those of removed series are used again", () => {
    const series = table();
    for (let i = 0; i < 1000; i += 1) series.remove(series.slotOf({ a: `${i}` }));
    series.slotOf({ a: "last" });
    expect(series.slotCount).toBe(1);
    expect(present(series)).toEqual(["last"]);
  });

  test("a removed series can still be read while it is told of, and is gone afterwards", () => {
    const series = table();
    const slot = series.slotOf({ a: "x" });
    onRemoved.mockImplementationOnce((gone) => {
      expect(series.values(gone)).toEqual(["x"]);
    });
    series.remove(slot);
    expect(onRemoved).toHaveBeenCalledExactlyOnceWith(slot, false);
    expect(series.find({ a: "x" })).toBe(-1);
    expect(series.generation(slot)).toBe(0);
  });

  test("clear removes all, each told of once, and the table goes on", () => {
    const series = table();
    for (const a of ["x", "y", "z"]) series.slotOf({ a });
    series.clear();
    expect(series.size).toBe(0);
    expect(onRemoved).toHaveBeenCalledTimes(3);
    series.slotOf({ a: "y" });
    expect(present(series)).toEqual(["y"]);
  });
});

describe("tenancies", () => {
  test("go up with every new series, also in a slot that had one before", () => {
    const series = table();
    const slot = series.slotOf({ a: "x" });
    const first = series.generation(slot);
    expect(series.newest).toBe(first);
    series.remove(slot);
    expect(series.slotOf({ a: "x" })).toBe(slot);
    expect(series.generation(slot)).toBeGreaterThan(first);
    expect(series.newest).toBe(series.generation(slot));
  });

  test("updates do not change them", () => {
    const series = table({ expireAfterMs: 1000 });
    const slot = series.slotOf({ a: "x" });
    const first = series.generation(slot);
    series.touch(series.slotOf({ a: "x" }));
    expect(series.generation(slot)).toBe(first);
  });

  test("a series began when it was added, in seconds", () => {
    const series = table();
    const slot = series.slotOf({ a: "x" });
    now += 5000;
    series.slotOf({ a: "x" });
    expect(series.created(slot)).toBe(1_700_000_000);
    series.remove(slot);
    expect(series.created(series.slotOf({ a: "x" }))).toBe(1_700_000_005);
  });
});

describe("the limit", () => {
  test("label sets past it share the overflow series; those before it keep their own", () => {
    const series = table({ limit: 2 });
    const [x, y, past, further] = ["x", "y", "past", "further"].map((a) => series.slotOf({ a }));
    expect(past).toBe(further);
    expect(series.isOverflow(past!)).toBe(true);
    expect([x, y].map((slot) => series.isOverflow(slot!))).toEqual([false, false]);
    expect(series.slotOf({ a: "x" })).toBe(x);
    expect(present(series)).toEqual(["x", "y", OVERFLOW_VALUE]);
  });

  test("the overflow series has _other for every label", () => {
    const series = table({ labelNames: ["a", "b"], limit: 1 });
    series.slotOf({ a: "x", b: "y" });
    expect(series.values(series.slotOf({ a: "x", b: "z" }))).toEqual(["_other", "_other"]);
  });

  test("only updates of the overflow series are reported", () => {
    const series = table({ limit: 1 });
    series.touch(series.slotOf({ a: "x" }));
    expect(onOverflow).not.toHaveBeenCalled();
    for (const a of ["y", "z", "y"]) series.touch(series.slotOf({ a }));
    expect(onOverflow).toHaveBeenCalledTimes(3);
  });

  test("a series that goes makes room for one, which then is no overflow", () => {
    const series = table({ limit: 1 });
    series.remove(series.slotOf({ a: "x" }));
    expect(series.isOverflow(series.slotOf({ a: "y" }))).toBe(false);
    expect(series.isOverflow(series.slotOf({ a: "z" }))).toBe(true);
  });

  test("a user's own _other becomes the overflow series, and is there once", () => {
    const series = table({ limit: 2 });
    const own = series.slotOf({ a: "_other" });
    expect(series.isOverflow(own)).toBe(false);
    series.slotOf({ a: "x" });
    expect(series.slotOf({ a: "past" })).toBe(own);
    expect(series.isOverflow(own)).toBe(true);
    expect(present(series)).toEqual(["_other", "x"]);
  });

  test("a user who asks for _other past the limit gets the overflow series", () => {
    const series = table({ limit: 1 });
    series.slotOf({ a: "x" });
    expect(series.isOverflow(series.slotOf({ a: "_other" }))).toBe(true);
    expect(present(series)).toEqual(["x", "_other"]);
  });

  test("the overflow series can go and come again", () => {
    const series = table({ limit: 1 });
    series.slotOf({ a: "x" });
    series.remove(series.slotOf({ a: "past" }));
    expect(present(series)).toEqual(["x"]);
    expect(series.isOverflow(series.slotOf({ a: "past" }))).toBe(true);
    series.clear();
    expect(series.isOverflow(series.slotOf({ a: "past" }))).toBe(false);
  });

  test("there is never more than one series above it, whoever comes and goes", () => {
    const series = table({ limit: 5 });
    for (let i = 0; i < 2000; i += 1) {
      const a = i % 7 === 0 ? "_other" : `${(i * 31) % 23}`;
      if (i % 3 === 0) {
        const slot = series.find({ a });
        if (slot >= 0) series.remove(slot);
      } else {
        series.slotOf({ a });
      }
      expect(series.size).toBeLessThanOrEqual(6);
      expect(new Set(present(series)).size).toBe(series.size);
    }
  });
});

describe("expiry", () => {
  test("drops what nobody updated for that long, and says that it expired", () => {
    const series = table({ expireAfterMs: 1000 });
    const idle = series.slotOf({ a: "idle" });
    series.slotOf({ a: "busy" });
    now += 999;
    series.touch(series.slotOf({ a: "busy" }));
    series.expire();
    expect(present(series)).toEqual(["idle", "busy"]);
    now += 1;
    series.expire();
    expect(present(series)).toEqual(["busy"]);
    expect(onRemoved).toHaveBeenCalledExactlyOnceWith(idle, true);
  });

  test("each series goes at its own time, however late one looks", () => {
    const series = table({ expireAfterMs: 1000 });
    for (const a of ["0", "1", "2", "3"]) {
      series.slotOf({ a });
      now += 300;
      series.expire();
    }
    const left = [];
    for (let step = 0; step < 5; step += 1) {
      series.expire();
      left.push(present(series).join(""));
      now += 300;
    }
    expect(left).toEqual(["123", "23", "3", "", ""]);
  });

  test("happens before the limit is said to be reached", () => {
    const series = table({ limit: 1, expireAfterMs: 1000 });
    series.slotOf({ a: "old" });
    now += 1000;
    expect(series.isOverflow(series.slotOf({ a: "new" }))).toBe(false);
    expect(present(series)).toEqual(["new"]);
  });

  test("takes the overflow series, too", () => {
    const series = table({ limit: 1, expireAfterMs: 1000 });
    series.slotOf({ a: "x" });
    now += 500;
    series.touch(series.slotOf({ a: "past" }));
    now += 500;
    series.expire();
    expect(present(series)).toEqual(["_other"]);
    now += 500;
    series.expire();
    expect(present(series)).toEqual([]);
  });

  test("without it nothing goes, ever", () => {
    const series = table();
    series.slotOf({ a: "x" });
    now += 1e12;
    series.expire();
    expect(series.expires).toBe(false);
    expect(present(series)).toEqual(["x"]);
  });

  test("goes on after the clock was set back", () => {
    const series = table({ expireAfterMs: 1000 });
    series.slotOf({ a: "before" });
    series.expire();
    now -= 3_600_000;
    series.slotOf({ a: "after" });
    now += 1000;
    series.expire();
    expect(present(series)).not.toContain("after");
  });
});
