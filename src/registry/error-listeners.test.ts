import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HttpRecorder } from "../http/record/recorder.ts";
import { Registry } from "./registry.ts";

let registry: Registry;
let heard: [string, string | undefined][];

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  registry = new Registry();
  heard = [];
});
afterEach(() => vi.restoreAllMocks());

function listen(): () => void {
  return registry.onError((error, family) => {
    expect(error).toBeInstanceOf(Error);
    heard.push([error.message, family]);
  });
}

test("a collect that throws, rejects or is late is heard of at each scrape, with its family", async () => {
  const gauge = (name: string, collect: () => number | Promise<number>) =>
    registry.gauge({ name, help: "…", collect });
  const boom = new Error("boom");
  gauge("thrown", () => {
    throw boom;
  });
  gauge("rejected", () => Promise.reject("no database"));
  gauge("late", () => new Promise<number>(() => {}));
  const errors = vi.fn<(error: Error, family: string | undefined) => void>();
  registry.onError(errors);
  const stop = listen();
  await registry.expose({ deadlineMs: 20 });
  expect(errors).toHaveBeenCalledWith(boom, "thrown");
  expect(heard).toContainEqual(["no database", "rejected"]);
  expect(heard).toContainEqual(["it was not done before the deadline", "late"]);
  stop();
  await registry.expose({ deadlineMs: 20 });
  expect(heard).toHaveLength(3);
  expect(errors).toHaveBeenCalledTimes(6);
});

test("sources and providers of exemplars are heard of", async () => {
  listen();
  registry.register({
    visit() {
      throw new Error("no visit");
    },
  });
  registry.counter({ name: "orders", help: "…" }).inc();
  registry.exemplars(() => {
    throw new Error("no trace");
  });
  registry.counter({ name: "orders", help: "…" }).inc();
  await registry.text();
  expect(heard).toEqual([
    ["no trace", "orders"],
    ["no visit", undefined],
  ]);
});

test("a user's callback of the HTTP metrics is heard of", () => {
  listen();
  const recorder = new HttpRecorder({
    registry,
    exclude: () => {
      throw new Error("no answer");
    },
  });
  recorder.excludes({ view: {} } as Parameters<HttpRecorder["excludes"]>[0]);
  expect(heard).toEqual([["no answer", undefined]]);
});

test("a listener that throws, rejects or causes an error does no harm, and others hear", async () => {
  registry.gauge({ name: "g", help: "…", collect: () => Promise.reject(new Error("boom")) });
  registry.onError(() => {
    throw new Error("in the listener");
  });
  registry.onError(async () => Promise.reject(new Error("in the listener")));
  registry.exemplars(() => {
    throw new Error("no trace");
  });
  const counter = registry.counter({ name: "errors", help: "…" });
  registry.onError(() => counter.inc());
  listen();
  await registry.text();
  expect(heard).toEqual([["boom", "g"]]);
  expect(await registry.text()).toContain("errors_total 2\n");
});

test("an asynchronous listener that scrapes again does not hear of the same error until it is done", async () => {
  registry.gauge({ name: "g", help: "…", collect: () => Promise.reject(new Error("boom")) });
  let resolve = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  registry.onError(async (error, family) => {
    heard.push([error.message, family]);
    await registry.text();
    resolve();
  });
  await registry.text();
  await promise;
  expect(heard).toEqual([["boom", "g"]]);
  await new Promise(setImmediate);
  await registry.text();
  expect(heard).toHaveLength(2);
});

test("what can't be looked at is heard of, and harms neither the update nor the page", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = () => {
    throw proxy;
  };
  listen();
  registry.exemplars(fail);
  registry.counter({ name: "orders", help: "…" }).inc();
  registry.exemplars(undefined);
  registry.gauge({ name: "g", help: "…", collect: fail });
  expect(await registry.text()).toContain("\norders_total 1\n");
  expect(heard).toEqual([
    ["an object that has no text", "orders"],
    ["an object that has no text", "g"],
  ]);
});

test("a listener is a function", () => {
  const listener = "log" as unknown as () => void;
  expect(() => registry.onError(listener)).toThrow('onError: option listener is "log"');
});
