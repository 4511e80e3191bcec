import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { runWork, type WorkEnd } from "./work.ts";

let ends: WorkEnd<unknown>[];
const onEnd = (end: WorkEnd<unknown>) => void ends.push(end);
beforeEach(() => {
  ends = [];
});

describe("work ends", () => {
  test("when it returns, or throws", () => {
    const error = new Error("no");
    const failing = () => {
      throw error;
    };
    expect(runWork(() => 5, onEnd)).toBe(5);
    expect(() => runWork(failing, onEnd)).toThrow(error);
    expect(ends).toEqual([{ value: 5 }, { error }]);
  });

  test("when its promise settles", async () => {
    let resolve = (_: string): void => {};
    const work = () => new Promise<string>((settle) => (resolve = settle));
    const result = runWork(work, onEnd);
    expect(ends).toEqual([]);
    resolve("done");
    expect(await result).toBe("done");
    await expect(runWork(() => Promise.reject("no"), onEnd)).rejects.toBe("no");
    expect(ends).toEqual([{ value: "done" }, { error: "no" }]);
  });

  test("when a lazy thenable, such as a query builder, has run, which it does only once", async () => {
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: that is what query builders have.
      then(resolve: (rows: string) => unknown) {
        runs += 1;
        return Promise.resolve(resolve("rows"));
      },
    };
    expect(await runWork(() => query as PromiseLike<string>, onEnd)).toBe("rows");
    expect(runs).toBe(1);
    expect(ends).toEqual([{ value: "rows" }]);
  });

  test("once, when a thenable settles twice, throws, or gives nothing back", async () => {
    const thenable = (then: (resolve: (value: number) => void) => unknown) => ({ then });
    const twice = thenable((resolve) => [resolve(1), resolve(2)]);
    expect(await runWork(() => twice, onEnd)).toBe(1);
    const throwing = thenable(() => {
      throw "no";
    });
    expect(() => runWork(() => throwing, onEnd)).toThrow("no");
    expect(ends).toEqual([{ value: 1 }, { error: "no" }]);
  });

  test("when it returns something that does not let itself be looked at", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(runWork(() => proxy, onEnd) === proxy).toBe(true);
    expect(ends).toHaveLength(1);
  });
});

describe("an error while its end is told", () => {
  const throwing = () => {
    throw new Error("of the end");
  };

  test("goes to the caller", async () => {
    expect(() => runWork(() => 5, throwing)).toThrow("of the end");
    await expect(runWork(async () => 5, throwing)).rejects.toThrow("of the end");
    expect(() => [...runWork(() => countTo(1), throwing)]).toThrow("of the end");
  });

  test("does not hide that of the work", async () => {
    const failing = () => {
      throw new Error("of the work");
    };
    expect(() => runWork(failing, throwing)).toThrow("of the work");
    await expect(runWork(async () => failing(), throwing)).rejects.toThrow("of the work");
  });
});

function* countTo(last: number): Generator<number, string, unknown> {
  for (let i = 1; i <= last; i += 1) yield i;
  return "end";
}

async function* countSlowlyTo(last: number): AsyncGenerator<number, string, unknown> {
  yield* countTo(last);
  return "end";
}

describe("a generator", () => {
  test("ends when it is done, once", async () => {
    const numbers = runWork(() => countTo(2), onEnd);
    expect(numbers.next()).toEqual({ value: 1, done: false });
    expect(numbers.next()).toEqual({ value: 2, done: false });
    expect(ends).toEqual([]);
    expect(numbers.next()).toEqual({ value: "end", done: true });
    expect(numbers.next()).toEqual({ value: undefined, done: true });
    const slow = runWork(() => countSlowlyTo(2), onEnd);
    const seen: number[] = [];
    for await (const number of slow) seen.push(number);
    await slow.next();
    expect(seen).toEqual([1, 2]);
    expect(ends).toEqual([{ value: "end" }, { value: "end" }]);
  });

  test("ends when a loop leaves it, and when it is returned before it has begun", async () => {
    for (const _ of runWork(() => countTo(2), onEnd)) break;
    for await (const _ of runWork(() => countSlowlyTo(2), onEnd)) break;
    expect(ends).toEqual([{ value: undefined }, { value: undefined }]);
    runWork(() => countTo(2), onEnd).return("early");
    await runWork(() => countSlowlyTo(2), onEnd).return("early");
    expect(ends.slice(2)).toEqual([{ value: "early" }, { value: "early" }]);
  });

  test("ends with what it throws, or what is thrown into it", async () => {
    function* failing() {
      yield 1;
      throw "no";
    }
    expect(() => [...runWork(failing, onEnd)]).toThrow("no");
    const numbers = runWork(() => countTo(2), onEnd);
    numbers.next();
    expect(() => numbers.throw("into")).toThrow("into");
    const slow = runWork(() => countSlowlyTo(2), onEnd);
    await expect(slow.throw("into")).rejects.toBe("into");
    expect(ends).toEqual([{ error: "no" }, { error: "into" }, { error: "into" }]);
  });

  test("ends also where nobody may change generators", () => {
    const frozen = Object.freeze(Object.create(Object.getPrototypeOf(countTo(0))));
    const numbers = Object.setPrototypeOf(countTo(1), frozen);
    Object.freeze(numbers);
    expect([...runWork<Generator>(() => numbers, onEnd)]).toEqual([1]);
    expect(ends).toEqual([{ value: "end" }]);
  });

  test("is the same generator", () => {
    function* echo(): Generator<string, void, string> {
      let heard = "";
      for (;;) heard = yield `heard ${heard}`;
    }
    const plain = echo();
    const voice = runWork(() => plain, onEnd);
    expect(voice[Symbol.iterator]()).toBe(voice);
    expect(voice).toBeInstanceOf(echo);
    expect(String(voice)).toBe("[object Generator]");
    voice.next();
    expect(voice.next("hi").value).toBe("heard hi");
  });

  test("gives what it gives alone, however it is driven", () => {
    const steps = fc.array(fc.constantFrom("next", "return", "throw"), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(3), steps, (length, methods) => {
        ends = [];
        const drive = (generator: Generator<number, string, unknown>) =>
          methods.map((method) => {
            try {
              return generator[method as "next"]("given");
            } catch (error) {
              return { error };
            }
          });
        const alone = drive(countTo(length));
        const isEnded = alone.some((step) => "error" in step || step.done);
        expect(drive(runWork(() => countTo(length), onEnd))).toEqual(alone);
        expect(ends).toHaveLength(isEnded ? 1 : 0);
      }),
    );
  });
});
