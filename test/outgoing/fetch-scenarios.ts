import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { measureOutgoing } from "../../src/http/outgoing/measure-outgoing.ts";
import { Registry } from "../../src/index.ts";
import { readValue } from "../../src/testing/index.ts";
import { type Counted, expectCounted, nothingInFlight } from "./counted.ts";
import { closedPort, startTarget, type Target } from "./target.ts";

/** What an implementation of `fetch` must have, as far as these scenarios use it. */
type Fetch = (url: string, init?: FetchInit) => Promise<FetchResponse>;

interface FetchInit {
  readonly method?: string;
  readonly body?: string | ReadableStream;
  readonly duplex?: "half";
  readonly signal?: AbortSignal;
}

interface FetchResponse {
  readonly status: number;
  readonly body: { cancel(): Promise<void> } | null;
  text(): Promise<string>;
}

/** Defines the tests that every implementation of `fetch` passes. */
export function describeFetch(name: string, fetch: Fetch): void {
  let registry: Registry;
  let target: Target;
  beforeEach(async () => {
    registry = new Registry();
    onTestFinished(measureOutgoing({ registry }));
    target = await startTarget();
  });

  const read = async (path: string, init?: FetchInit) =>
    (await fetch(`${target.url}${path}`, init)).text();

  const counted = (expected: Counted) => expectCounted(registry, target, expected);

  describe(`${name}: a response`, () => {
    test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
      "to %s",
      async (method) => {
        await read("/ok", { method });
        await counted({ requests: { [`${method} 200`]: 1 } });
      },
    );

    test("to a method that is not known", async () => {
      await read("/ok", { method: "PURGE" });
      await read("/ok", { method: "PROPFIND" });
      await counted({ requests: { "_other 200": 2 } });
    });

    test("of any status is no failure", async () => {
      for (const path of ["/ok", "/created", "/missing", "/busy", "/hints"]) await read(path);
      await counted({ requests: { "GET 200": 2, "GET 201": 1, "GET 404": 1, "GET 503": 1 } });
    });

    test("on connections that are used again", async () => {
      await Promise.all(Array.from({ length: 20 }, () => read("/ok")));
      for (let i = 0; i < 20; i += 1) await read("/ok");
      await counted({ requests: { "GET 200": 40 } });
      expect(target.received()).toBe(40);
    });

    test("that redirects is a request, and what follows is another", async () => {
      await read("/redirect");
      await counted({ requests: { "GET 302": 1, "GET 200": 1 } });
    });

    test("nobody reads", async () => {
      await fetch(`${target.url}/ok`);
      await counted({ requests: { "GET 200": 1 } });
    });

    test("to a body that is sent in parts", async () => {
      const parts = ["a part", "the rest"];
      const body = new ReadableStream({
        async pull(controller) {
          await sleep(100);
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(Buffer.from(part));
        },
      });
      await read("/read", { method: "POST", body, duplex: "half" });
      await counted({ requests: { "POST 200": 1 } });
      const sum = await readValue(registry, "http_client_request_duration_seconds_sum");
      expect(sum).toBeGreaterThan(0.2);
    });
  });

  describe(`${name}: a failure`, () => {
    const failed = (error: string, status = "error"): Counted => ({
      requests: { [`GET ${status}`]: 1 },
      errors: { [`GET ${error}`]: 1 },
    });

    test("to connect", async () => {
      const host = `127.0.0.1:${await closedPort()}`;
      await expect(fetch(`http://${host}/`)).rejects.toThrow();
      await expectCounted(registry, { host }, failed("ECONNREFUSED"));
    });

    test("to resolve the name", async () => {
      await expect(fetch("http://Name.INVALID/")).rejects.toThrow();
      await nothingInFlight(registry);
      const host = "name.invalid";
      const codes = await Promise.all(
        ["ENOTFOUND", "EAI_AGAIN"].map((error) =>
          readValue(registry, "http_client_errors_total", { host, error }),
        ),
      );
      expect(codes.filter((count) => count === 1)).toHaveLength(1);
    });

    test("of a server that hangs up", async () => {
      await expect(read("/die")).rejects.toThrow();
      await counted(failed("UND_ERR_SOCKET"));
    });

    test("of a server that hangs up after early hints", async () => {
      await expect(read("/hint-and-die")).rejects.toThrow();
      await counted(failed("UND_ERR_SOCKET"));
    });

    test("of a server that hangs up in the middle of the body", async () => {
      await expect(read("/cut")).rejects.toThrow();
      await counted(failed("UND_ERR_SOCKET", "200"));
    });

    test("to understand the response", async () => {
      const error: Error = await read("/nonsense").then(expect.unreachable, (error) => error);
      // Some versions of undici lose the parser's code.
      const { code = "_other" } = error.cause as NodeJS.ErrnoException;
      await counted(failed(code));
    });

    /** Gives up as soon as the server has the request. */
    async function givenUp(path: string, reason?: unknown): Promise<unknown> {
      const before = target.received();
      const controller = new AbortController();
      const reading = read(path, { signal: controller.signal }).then(
        expect.unreachable,
        (error) => error,
      );
      await vi.waitFor(() => expect(target.received()).toBe(before + 1));
      controller.abort(reason);
      return reading;
    }

    test("by a signal", async () => {
      await givenUp("/hang");
      await counted(failed("aborted"));
    });

    test("by a signal's timeout", async () => {
      await givenUp("/hang", new DOMException("late", "TimeoutError"));
      await counted(failed("timeout"));
    });

    test("by a signal with a reason of the program's own", async () => {
      expect(await givenUp("/hang", "a reason")).toBe("a reason");
      await counted(failed("_other"));
    });

    test("by a signal, after the headers", async () => {
      const controller = new AbortController();
      const response = await fetch(`${target.url}/endless`, { signal: controller.signal });
      controller.abort();
      await expect(response.text()).rejects.toThrow();
      await counted(failed("aborted", "200"));
    });

    test("by a program that stops reading", async () => {
      const response = await fetch(`${target.url}/endless`);
      await response.body?.cancel();
      await counted(failed("aborted", "200"));
    });

    test("of the body that was to be sent", async () => {
      const body = new ReadableStream({
        pull(controller) {
          controller.error(Object.assign(new Error("mine"), { code: "USER_42" }));
        },
      });
      await expect(read("/read", { method: "POST", body, duplex: "half" })).rejects.toThrow();
      await counted({ requests: { "POST error": 1 }, errors: { "POST _other": 1 } });
    });

    test("before anything is sent is no request", async () => {
      await expect(read("/ok", { signal: AbortSignal.abort() })).rejects.toThrow();
      await counted({ requests: {} });
      expect(target.received()).toBe(0);
    });
  });
}
