import { describe, expect, expectTypeOf, test } from "vitest";
import { Registry } from "./registry.ts";

/** The values of a function's metrics: its calls by outcome, and those in progress. */
async function callsOf(registry: Registry, name = "save") {
  const lines = (await registry.text()).split("\n").map((line) => line.split(" "));
  const value = (sample: string) =>
    Number(lines.find(([head]) => head === `${name}_${sample}`)?.[1]);
  return {
    ok: value('calls_total{outcome="ok"}'),
    error: value('calls_total{outcome="error"}'),
    running: value("in_progress"),
    measured: value("duration_seconds_count"),
  };
}

const NONE = { ok: 0, error: 0, running: 0, measured: 0 };

describe("a function that is instrumented", () => {
  test("is counted by its outcome, from zero", async () => {
    const registry = new Registry();
    const save = registry.instrument("save", (title: string) => {
      if (title === "") throw new Error("no title");
      return title.length;
    });
    expect(await callsOf(registry)).toEqual(NONE);
    expect(save("Fennel")).toBe(6);
    expect(() => save("")).toThrow("no title");
    expect(await callsOf(registry)).toEqual({ ok: 1, error: 1, running: 0, measured: 2 });
  });

  test("is in progress until its promise settles", async () => {
    const registry = new Registry();
    const settle: ((error?: Error) => void)[] = [];
    const save = registry.instrument(
      "save",
      (title: string) =>
        new Promise<string>((resolve, reject) => {
          settle.push((error) => (error ? reject(error) : resolve(title)));
        }),
    );
    const [good, bad] = [save("Fennel"), save("")];
    expect(await callsOf(registry)).toEqual({ ...NONE, running: 2 });
    settle[0]!();
    settle[1]!(new Error("no title"));
    await expect(bad).rejects.toThrow("no title");
    expect(await good).toBe("Fennel");
    expect(await callsOf(registry)).toEqual({ ok: 1, error: 1, running: 0, measured: 2 });
  });

  test("is in progress until its generator is done, returned or thrown", async () => {
    const registry = new Registry();
    const pages = registry.instrument("pages", function* (last: number) {
      for (let page = 1; page <= last; page += 1) yield page;
    });
    const rows = registry.instrument("rows", async function* () {
      yield "row";
      throw new Error("connection lost");
    });
    const [all, first, failing] = [pages(2), pages(2), pages(2)];
    expect([...all]).toEqual([1, 2]);
    expect(await callsOf(registry, "pages")).toMatchObject({ ok: 1, running: 2 });
    first.return();
    expect(() => failing.throw(new Error("no"))).toThrow("no");
    expect(await callsOf(registry, "pages")).toEqual({ ok: 2, error: 1, running: 0, measured: 3 });
    const reading = rows();
    await reading.next();
    expect(await callsOf(registry, "rows")).toEqual({ ...NONE, running: 1 });
    await expect(reading.next()).rejects.toThrow("connection lost");
    expect(await callsOf(registry, "rows")).toEqual({ ...NONE, error: 1, measured: 1 });
  });

  test("keeps its this, name, length and properties", async () => {
    const registry = new Registry();
    class Store {
      readonly titles: string[] = [];
      save = registry.instrument("save", Store.prototype.push);
      push(title: string, _at?: number) {
        return this.titles.push(title);
      }
    }
    const store = new Store();
    expect(store.save("Fennel")).toBe(1);
    expect(store.titles).toEqual(["Fennel"]);
    expect([store.save.name, store.save.length]).toEqual(["push", 2]);
    const handler = Object.assign((x: number) => x, { route: "/" });
    const instrumented = registry.instrument("handle", handler);
    expect(instrumented.route).toBe("/");
    expect(instrumented.call(undefined, 5)).toBe(5);
    expect(await callsOf(registry)).toEqual({ ...NONE, ok: 1, measured: 1 });
  });

  test("passes new through, unmeasured", async () => {
    const registry = new Registry();
    function Article(this: { title?: string }, title: string) {
      this.title = title;
    }
    const Instrumented = registry.instrument("save", Article);
    const article = Reflect.construct(Instrumented, ["Fennel"]);
    expect(article).toBeInstanceOf(Article);
    expect(article).toEqual({ title: "Fennel" });
    expect(await callsOf(registry)).toEqual(NONE);
  });

  test("keeps its type", () => {
    const registry = new Registry();
    function first<T>(list: readonly T[]): T | undefined;
    function first(list: string): string;
    function first(list: string | readonly unknown[]): unknown {
      return list[0];
    }
    const instrumented = registry.instrument("first", first);
    expectTypeOf(instrumented).toEqualTypeOf(first);
    expectTypeOf(instrumented([1])).toEqualTypeOf<number | undefined>();
    expectTypeOf(instrumented("a")).toEqualTypeOf<string>();
    const save = registry.instrument("save", async (title: string, at?: Date) => ({ title, at }));
    expectTypeOf(save).toEqualTypeOf<
      (title: string, at?: Date) => Promise<{ title: string; at: Date | undefined }>
    >();
    // @ts-expect-error: the argument's type
    save(5);
    // @ts-expect-error: no function
    expect(() => registry.instrument("x", "save")).toThrow(
      'instrument("x") was given "save" to measure: pass a function',
    );
  });
});

describe("functions of one name", () => {
  test("share their metrics", async () => {
    const registry = new Registry();
    const twice = [1, 2].map(() => registry.instrument("save", () => {}));
    for (const save of twice) save();
    expect(await callsOf(registry)).toEqual({ ...NONE, ok: 2, measured: 2 });
  });

  test("are told apart by labels", async () => {
    const registry = new Registry();
    const options = { help: "Jobs", buckets: [1], native: { maxExemplars: 0 } };
    for (const queue of ["mail", "chat"]) {
      registry.instrument("job", () => {}, { ...options, labels: { queue } })();
    }
    const page = await registry.text();
    expect(page).toContain("# HELP job_calls_total Jobs: calls, by their outcome.\n");
    expect(page).toContain('job_calls_total{queue="mail",outcome="ok"} 1\n');
    expect(page).toContain('job_calls_total{queue="chat",outcome="error"} 0\n');
    expect(page).toContain('job_in_progress{queue="mail"} 0\n');
    expect(page).toContain('job_duration_seconds_bucket{queue="chat",le="1.0"} 1\n');
  });

  test("must agree on their options, and have no label of the name outcome", () => {
    const registry = new Registry();
    registry.instrument("save", () => {});
    expect(() => registry.instrument("save", () => {}, { buckets: [1] })).toThrow("already");
    const labels = { outcome: "good" };
    expect(() => registry.instrument("other", () => {}, { labels })).toThrow('"outcome"');
  });
});

test.each([
  [undefined, {}, "NARTHEX_NAME_INVALID"],
  ["", {}, "NARTHEX_NAME_INVALID"],
  ["f", { labels: { a: undefined } }, "NARTHEX_LABEL_VALUE_INVALID"],
])("a wrong definition throws also where updates don't: %j, %j", (name, options, code) => {
  const registry = new Registry({ strict: false });
  const define = () => registry.instrument(name as string, () => {}, options as object);
  expect(define).toThrow(expect.objectContaining({ code }));
  expect(registry.families()).toEqual([]);
});
