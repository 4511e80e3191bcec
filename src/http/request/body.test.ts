import { expect, test } from "vitest";
import { type BodyTap, tapBody } from "./body.ts";

/** A response whose body is tapped, and what was told of it. */
async function tapped(response: Response) {
  const told: string[] = [];
  const tap: BodyTap = {
    take: (bytes) => told.push(`take ${bytes}`),
    takeWhole: (bytes) => told.push(`whole ${bytes}`),
    finish: () => told.push("finish"),
    fail: () => told.push("fail"),
    cancel: () => told.push("cancel"),
  };
  return { response: await tapBody(response, response.body!, tap), told };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test.each([
  ["a string", "hello"],
  ["bytes", bytes("hello")],
  ["a blob", new Blob(["hello"])],
])("a body of %s stays in one piece", async (_title, body) => {
  const { response, told } = await tapped(new Response(body));
  expect(told).toEqual(["whole 5"]);
  expect(await response.text()).toBe("hello");
});

test("an empty body stays one", async () => {
  const { response, told } = await tapped(new Response(""));
  expect(told).toEqual(["whole 0"]);
  expect(await response.text()).toBe("");
});

test("status and headers stay, also of a response whose headers can't be changed", async () => {
  const headers = [
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["content-length", "5"],
  ] as [string, string][];
  const made = await tapped(new Response("hello", { status: 201, statusText: "Made", headers }));
  expect(made.response).toMatchObject({ status: 201, statusText: "Made" });
  expect(made.response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(made.response.headers.get("content-length")).toBe("5");
  const fetched = await tapped(await fetch("data:text/css,hello"));
  fetched.response.headers.set("x-mine", "1");
  expect(Object.fromEntries(fetched.response.headers)).toEqual({
    "content-type": "text/css",
    "x-mine": "1",
  });
});

test("a stream is passed on piece by piece, and never read ahead", async () => {
  let pulls = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulls += 1;
      if (pulls > 100) controller.close();
      else controller.enqueue(bytes(`${pulls};`));
    },
  });
  const { response, told } = await tapped(new Response(body));
  await new Promise(setImmediate);
  // Two pieces are how it was found to be a stream, and the source itself keeps one ready.
  expect(pulls).toBeLessThanOrEqual(3);
  expect(told).toEqual([]);
  expect(await response.text()).toMatch(/^1;2;3;.*;99;100;$/);
  expect(told.slice(0, 2)).toEqual(["take 2", "take 2"]);
  expect(told.slice(-2)).toEqual(["take 4", "finish"]);
});

test("a stream that waits for its first piece does not keep the headers back", async () => {
  let give = (_text: string): void => {};
  const body = new ReadableStream({
    start(controller) {
      give = (text) => {
        controller.enqueue(bytes(text));
        controller.close();
      };
    },
  });
  const { response, told } = await tapped(new Response(body));
  give("late");
  expect(await response.text()).toBe("late");
  expect(told).toEqual(["take 4", "finish"]);
});

test("a source that fails fails the response", async () => {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(bytes("first")),
    pull: (controller) => controller.error(new Error("broken")),
  });
  const { response, told } = await tapped(new Response(body));
  await expect(response.text()).rejects.toThrow("broken");
  expect(told.at(-1)).toBe("fail");
});

test("a server that cancels the response cancels its source", async () => {
  let reason: unknown;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(bytes("first")),
    cancel(given) {
      reason = given;
    },
  });
  const { response, told } = await tapped(new Response(body));
  const reader = response.body!.getReader();
  await reader.read();
  const waiting = reader.read();
  await reader.cancel("left");
  expect(await waiting).toMatchObject({ done: true });
  expect(reason).toBe("left");
  expect(told.slice(0, 2)).toEqual(["take 5", "cancel"]);
});
