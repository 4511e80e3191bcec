import { expect, describe as group, test, vi } from "vitest";
import { describe, Warnings, warn } from "./warn.ts";

const throws = (): never => {
  throw new Error("no text");
};

group("whatever was thrown is described", () => {
  test.each<[string, unknown, string]>([
    ["an error", new TypeError("down"), "TypeError: down"],
    ["a sentence", new Error("It is down."), "Error: It is down"],
    ["a text", "down", "down"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["a bigint", 5n, "5"],
    ["a symbol", Symbol("down"), "Symbol(down)"],
    ["an object without a prototype", Object.create(null), "an object that has no text"],
    ["an object whose toString throws", { toString: throws }, "an object that has no text"],
    ["an object whose toString gives none", { toString: () => ({}) }, "an object that has no text"],
    [
      "an error whose message throws",
      Object.defineProperty(new Error(), "message", { get: throws }),
      "an object that has no text",
    ],
    ["a proxy that throws", new Proxy({}, { get: throws }), "an object that has no text"],
    [
      "a function whose text throws",
      Object.assign(() => {}, { toString: throws }),
      "a function that has no text",
    ],
  ])("%s", (_, thrown, text) => {
    expect(describe(thrown)).toBe(text);
  });

  test("a proxy that was revoked", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describe(proxy)).toBe("an object that has no text");
  });

  test("a megabyte, in short", () => {
    expect(describe(new Error("x".repeat(1_000_000))).length).toBeLessThan(600);
  });
});

test("a warning never throws, even where the application's own emitWarning does", () => {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(throws);
  warn("…");
  expect(emit).toHaveBeenCalledTimes(1);
  emit.mockRestore();
});

group("the stack of an error is shown below the message", () => {
  function detailOf(thrown: unknown): string | undefined {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    warn("It failed.", thrown);
    const [[, options] = []] = emit.mock.calls as unknown as [[string, { detail?: string }]];
    emit.mockRestore();
    return options?.detail;
  }

  const withStack = (message: string, stack: unknown) =>
    Object.defineProperty(new Error(message), "stack", { value: stack });

  test("by its first ten frames, without the message", () => {
    function fail(depth: number): never {
      if (depth > 0) fail(depth - 1);
      throw new Error("card 4111\n    at the till");
    }
    let thrown: unknown;
    try {
      fail(20);
    } catch (error) {
      thrown = error;
    }
    const frames = detailOf(thrown)?.split("\n") ?? [];
    expect(frames).toHaveLength(10);
    for (const frame of frames) expect(frame).toMatch(/^ {4}at fail \(.*warn\.test\.ts/);
  });

  test.each<[string, unknown]>([
    ["a text", "down"],
    ["nothing", undefined],
    ["null", null],
    ["an error without a stack", withStack("down", undefined)],
    ["a stack of call sites", withStack("down", [{}])],
    ["a stack of the message alone", withStack("down", "Error: down")],
    ["a stack that throws", Object.defineProperty(new Error("down"), "stack", { get: throws })],
    ["a message that is a symbol", Object.assign(new Error("down"), { message: Symbol("down") })],
    ["a proxy that throws", new Proxy({}, { get: throws })],
  ])("unless it has none: %s", (_, thrown) => {
    expect(detailOf(thrown)).toBeUndefined();
  });

  test("in short, however long its lines are", () => {
    const stack = `Error: down\n    at ${"x".repeat(1_000_000)}`;
    expect(detailOf(withStack("down", stack))?.length).toBeLessThan(600);
  });

  test("on the console where there is no process", () => {
    vi.stubGlobal("process", undefined);
    const lines = vi.spyOn(console, "warn").mockImplementation(() => {});
    warn("It failed.", withStack("down", "Error: down\n    at work (file.ts:1:2)"));
    warn("It failed.");
    const calls = [...lines.mock.calls];
    lines.mockRestore();
    vi.unstubAllGlobals();
    expect(calls).toEqual([["It failed.\n    at work (file.ts:1:2)"], ["It failed."]]);
  });
});

test("each problem is told of once, and a flood of different ones not to its end", () => {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const warnings = new Warnings();
  for (let i = 0; i < 1000; i += 1) warnings.once(`${i >> 1}`, `Problem ${i}.`);
  const messages = emit.mock.calls.map(([message]) => `${message}`);
  emit.mockRestore();
  expect(messages.slice(0, 2)).toEqual(["Problem 0.", "Problem 2."]);
  expect(messages).toHaveLength(101);
  expect(messages.at(-1)).toContain("more problems");
});
