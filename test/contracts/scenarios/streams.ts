import { expect } from "vitest";
import type { TextPage } from "../../text-page.ts";
import { BIG_BYTES } from "../bodies.ts";
import { send } from "../client.ts";
import { connectRaw, request } from "../raw-connection.ts";
import type { Scenarios } from "../scenario.ts";

/** `dripping()` lasts 300 ms; timers may be a little early. */
const STREAM_SECONDS = 0.28;

export const streams: Scenarios = {
  "a stream of 300 ms lasts 300 ms": async (start) => {
    const server = await start();
    expect((await send(server, "/stream")).body).toMatch(/^piece 1\n.*piece 6\n$/s);
    const page = await server.counted({ "GET /stream 200 ok": 1 });
    expect(durationOf(page, "/stream", "200")).toBeGreaterThan(STREAM_SECONDS);
    expect(streamOf(page, "/stream", "stream").count).toBe(0);
  },

  "a longer stream has a duration of its own": async (start) => {
    const server = await start({ streamAfterSeconds: 0.1 });
    await send(server, "/stream");
    const page = await server.counted({ "GET /stream 200 ok": 1 });
    const stream = streamOf(page, "/stream", "stream");
    expect(stream.count).toBe(1);
    expect(stream.sum).toBeGreaterThan(STREAM_SECONDS);
    expect(durationOf(page, "/stream", "200")).toBeLessThan(stream.sum);
  },

  "an answer with a length is no stream, however long it takes": async (start) => {
    const server = await start({ streamAfterSeconds: 0.001 });
    await send(server, "/big");
    const page = await server.counted({ "GET /big 200 ok": 1 });
    expect(streamOf(page, "/big", "stream").count).toBe(0);
  },

  "server-sent events whose client leaves": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /events"));
    await connection.until("event 5");
    await connection.finish();
    const page = await server.counted({ "GET /events 200 aborted_response": 1 });
    const stream = streamOf(page, "/events", "event_stream");
    expect(stream.count).toBe(1);
    expect(durationOf(page, "/events", "200")).toBeLessThan(stream.sum);
  },

  "a stream that fails after the headers": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /fails"));
    await connection.until("before the failure");
    await connection.closed;
    // The last chunk of a complete response is missing.
    expect(connection.received).not.toMatch(/\r\n0\r\n\r\n$/);
    await server.counted({ "GET /fails 200 failed_response": 1 });
  },

  "a slow reader who reads it all": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /big", { connection: "close" }));
    let received = 0;
    connection.socket.on("data", (text: string) => {
      received += text.length;
      connection.socket.pause();
      setTimeout(() => connection.socket.resume(), 1);
    });
    await connection.closed;
    expect(received).toBeGreaterThan(BIG_BYTES);
    await server.counted({ "GET /big 200 ok": 1 });
  },
};

/** The sum of the durations of one route's requests. */
function durationOf(page: TextPage, route: string, status_code: string): number {
  const labels = { method: "GET", route, status_code };
  return page.value("http_request_duration_seconds_sum", labels) ?? Number.NaN;
}

function streamOf(page: TextPage, route: string, kind: string): { count: number; sum: number } {
  return {
    count: page.value("http_stream_duration_seconds_count", { route, kind }) ?? 0,
    sum: page.value("http_stream_duration_seconds_sum", { route, kind }) ?? Number.NaN,
  };
}
