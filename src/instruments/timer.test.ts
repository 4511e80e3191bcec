import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Registry } from "../index.ts";
import { type LabelledTimers, startTimer, time } from "./timer.ts";

let clock: number;
let recorded: number[];
const series = { record: (nanoseconds: number) => void recorded.push(nanoseconds / 1e9) };
beforeEach(() => {
  clock = 5000;
  recorded = [];
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a timer records the seconds since its start, each time that it is asked", () => {
  const end = startTimer(series);
  clock += 250;
  expect(end()).toBe(0.25);
  clock += 1000;
  expect(end()).toBe(1.25);
  expect(recorded).toEqual([0.25, 1.25]);
});

test("a timer may be the listener of an event, with whatever that brings", () => {
  const listener: (error: Error) => void = startTimer(series);
  listener(new Error("no"));
  expect(recorded).toEqual([0]);
});

describe("a timer with a scope", () => {
  test("ends with it, also when that throws", () => {
    const leave = () => {
      using _timer = startTimer(series);
      clock += 250;
      throw new Error("no");
    };
    expect(leave).toThrow("no");
    expect(recorded).toEqual([0.25]);
  });

  test("does not end again if it has been ended", () => {
    {
      using end = startTimer(series);
      clock += 250;
      end();
      clock += 250;
    }
    expect(recorded).toEqual([0.25]);
  });
});

describe("timing work", () => {
  test("gives its result and records how long it took", async () => {
    const work = () => {
      clock += 500;
      return "done";
    };
    expect(time(series, work)).toBe("done");
    expect(await time(series, async () => work())).toBe("done");
    expect(recorded).toEqual([0.5, 0.5]);
  });

  test("records work that fails, and passes the error on", async () => {
    const error = new Error("no");
    const work = () => {
      clock += 500;
      throw error;
    };
    expect(() => time(series, work)).toThrow(error);
    await expect(time(series, async () => work())).rejects.toBe(error);
    expect(recorded).toEqual([0.5, 0.5]);
  });

  test("waits for a promise", async () => {
    let resolve = () => {};
    const work = () => new Promise<void>((settle) => (resolve = settle));
    const result = time(series, work);
    clock += 2000;
    expect(recorded).toEqual([]);
    resolve();
    await result;
    expect(recorded).toEqual([2]);
  });
});

const TYPES = ["histogram", "summary", "gauge"] as const;

describe.each(TYPES)("labels that are known only at the end of a %s's timer", (type) => {
  const labels = ["queue", "outcome"] as const;
  const define = () => {
    const registry = new Registry();
    const jobs: LabelledTimers<"queue" | "outcome"> = registry[type]({
      name: "jobs",
      help: "",
      labels,
    });
    return { registry, jobs };
  };
  const sample = type === "gauge" ? "jobs" : "jobs_sum";
  /** The seconds by label set, as the page has them. */
  const measured = async ({ registry }: { registry: Registry }) => {
    const lines = (await registry.text()).split("\n");
    return lines
      .filter((line) => line.startsWith(`${sample}{`))
      .map((line) => line.slice(sample.length));
  };

  test("are given to its end, which may have all of them", async () => {
    const { registry, jobs } = define();
    const end = jobs.startTimer({ queue: "mail" });
    const endAll = jobs.startTimer();
    clock += 250;
    expect(end({ outcome: "ok" })).toBe(0.25);
    expect(endAll({ outcome: "ok", queue: 5 })).toBe(0.25);
    expect(await measured({ registry })).toEqual([
      '{queue="mail",outcome="ok"} 0.25',
      '{queue="5",outcome="ok"} 0.25',
    ]);
  });

  test("do not disturb the type of the work, in a function of any result", async () => {
    const { jobs } = define();
    const measuredJob = <Result>(job: () => Promise<Result>): Promise<Result> =>
      jobs.time({ queue: "mail" }, job, (end) => ({ outcome: "error" in end ? "error" : "ok" }));
    const result: number = await measuredJob(async () => 7);
    expect(result).toBe(7);
  });

  test("make no series before, and one for each end", async () => {
    const { registry, jobs } = define();
    const end = jobs.startTimer({ queue: "mail" });
    expect(await measured({ registry })).toEqual([]);
    clock += 250;
    end({ outcome: "slow" });
    clock += 250;
    end({ outcome: "done" });
    expect(await measured({ registry })).toEqual([
      '{queue="mail",outcome="slow"} 0.25',
      '{queue="mail",outcome="done"} 0.5',
    ]);
  });

  test("replace those from the start, whose values are read at once", async () => {
    const { registry, jobs } = define();
    const start = { queue: "mail" };
    const [end, other] = [jobs.startTimer(start), jobs.startTimer(start)];
    start.queue = "changed";
    end({ outcome: "ok" });
    // @ts-expect-error: a label is given twice
    other({ outcome: "ok", queue: "chat" });
    expect(await measured({ registry })).toEqual([
      '{queue="mail",outcome="ok"} 0',
      '{queue="chat",outcome="ok"} 0',
    ]);
  });

  test("may come from a class, but not from Object.prototype", async () => {
    const { registry, jobs } = define();
    class Queue {
      get queue() {
        return "mail";
      }
    }
    jobs.startTimer(new Queue())({ outcome: "ok" });
    Object.assign(Object.prototype, { queue: "evil", other: "evil" });
    try {
      jobs.startTimer({ outcome: "ok" })({ queue: "chat" });
    } finally {
      Reflect.deleteProperty(Object.prototype, "queue");
      Reflect.deleteProperty(Object.prototype, "other");
    }
    expect(await measured({ registry })).toEqual([
      '{queue="mail",outcome="ok"} 0',
      '{queue="chat",outcome="ok"} 0',
    ]);
  });

  test("follow from how the work ended", async () => {
    const { registry, jobs } = define();
    const outcome = (end: { value: number } | { error: unknown }) => ({
      outcome: "error" in end ? String(end.error) : end.value,
    });
    const fail = () => {
      throw "no";
    };
    expect(jobs.time({ queue: "a" }, () => 1, outcome)).toBe(1);
    expect(await jobs.time({ queue: "b" }, async () => 2, outcome)).toBe(2);
    expect(() => jobs.time({ queue: "c" }, fail, outcome)).toThrow("no");
    await expect(jobs.time({ queue: "d" }, () => Promise.reject("no"), outcome)).rejects.toBe("no");
    jobs.time(
      {},
      () => 3,
      () => ({ queue: "e", outcome: 3 }),
    );
    jobs.time(
      { queue: "f", outcome: 4 },
      () => 4,
      () => ({}),
    );
    expect(await measured({ registry })).toEqual([
      '{queue="a",outcome="1"} 0',
      '{queue="b",outcome="2"} 0',
      '{queue="c",outcome="no"} 0',
      '{queue="d",outcome="no"} 0',
      '{queue="e",outcome="3"} 0',
      '{queue="f",outcome="4"} 0',
    ]);
  });
});

/** What types forbid is tried here. */
interface AnyTimers {
  startTimer(labels?: object): (rest?: object | null) => number;
  time<T>(labels: object, work: () => T, rest?: () => object): T;
}

describe.each(TYPES)("wrong labels of a %s's timer", (type) => {
  const start = (strict: boolean) => {
    const registry = new Registry({ strict });
    const options = { name: "jobs", help: "", labels: ["queue", "outcome"] };
    return { registry, jobs: registry[type](options) as unknown as AnyTimers };
  };
  const fail = () => {
    throw new Error("no");
  };
  const unreadable = new Proxy({ queue: "mail" }, { ownKeys: fail });
  const wrong: [string, (jobs: AnyTimers) => unknown][] = [
    ["an unknown one at the start", (jobs) => jobs.startTimer({ qeue: "mail" })({ outcome: "ok" })],
    ["no value at the start", (jobs) => jobs.startTimer({ queue: undefined })({ outcome: "ok" })],
    ["an object that can't be read", (jobs) => jobs.startTimer(unreadable)({ outcome: "ok" })],
    ["a missing one at the end", (jobs) => jobs.startTimer({ queue: "mail" })()],
    ["an unknown one at the end", (jobs) => jobs.startTimer({ queue: "mail" })({ outcom: "ok" })],
    ["no value at the end", (jobs) => jobs.startTimer({ queue: "a" })({ outcome: undefined })],
    ["none but null at the end", (jobs) => jobs.startTimer({ queue: "mail" })(null)],
    ["no rest of them", (jobs) => jobs.time({ queue: "mail" }, () => 5)],
    [
      "an unknown one of work",
      (jobs) =>
        jobs.time(
          { qeue: "mail" },
          () => 5,
          () => ({}),
        ),
    ],
    [
      "a missing one of work",
      (jobs) =>
        jobs.time(
          { queue: "mail" },
          () => 5,
          () => ({}),
        ),
    ],
    ["a rest that throws", (jobs) => jobs.time({ queue: "mail" }, () => 5, fail)],
  ];

  test.each(wrong)("%s: they are counted, and nothing is measured", async (_, use) => {
    const warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    const { registry, jobs } = start(false);
    expect([0, 5]).toContain(use(jobs));
    expect(warning).toHaveBeenCalledOnce();
    const page = await registry.text();
    expect(page).toContain('narthex_invalid_updates_total{family="jobs"} 1\n');
    expect(page).not.toMatch(/^jobs.*\{/m);
  });

  test.each(wrong)("%s: they throw in a strict registry", async (_, use) => {
    const { registry, jobs } = start(true);
    expect(() => use(jobs)).toThrow(/no|label/);
    expect(await registry.text()).not.toMatch(/^jobs.*\{/m);
  });

  test("leave the result and the error of work alone", async () => {
    vi.spyOn(process, "emitWarning").mockReturnValue();
    const { jobs } = start(false);
    const failing = () => Promise.reject(new Error("of the work"));
    expect(await jobs.time({ queue: "mail" }, async () => 5, fail)).toBe(5);
    await expect(jobs.time({ qeue: "mail" }, failing, fail)).rejects.toThrow("of the work");
    const strict = start(true).jobs;
    await expect(strict.time({ queue: "mail" }, failing, fail)).rejects.toThrow("of the work");
    await expect(strict.time({ queue: "mail" }, async () => 5, fail)).rejects.toThrow("no");
  });

  test("are found before work runs in a strict registry, if they are known then", () => {
    const work = vi.fn();
    const { jobs } = start(true);
    expect(() => jobs.time({ qeue: "mail" }, work, () => ({}))).toThrow('"qeue"');
    expect(() => jobs.time({ queue: "mail" }, work)).toThrow('"queue"');
    expect(work).not.toHaveBeenCalled();
  });

  test("throw an error whose stack begins where the user called", async () => {
    const { jobs } = start(true);
    const line = async (use: () => unknown) => {
      try {
        await use();
        return undefined;
      } catch (error) {
        return (error as Error).stack?.split("\n").find((part) => /^ +at /.test(part));
      }
    };
    const here = /timer\.test\.ts/;
    expect(await line(() => jobs.startTimer({ qeue: "mail" }))).toMatch(here);
    expect(await line(() => jobs.startTimer({ queue: "mail" })())).toMatch(here);
    expect(
      await line(() =>
        jobs.time(
          { queue: "mail" },
          () => 5,
          () => ({}),
        ),
      ),
    ).toMatch(here);
    expect(
      await line(() =>
        jobs.time(
          { queue: "a" },
          async () => 5,
          () => ({}),
        ),
      ),
    ).toMatch(/ at /);
  });
});
