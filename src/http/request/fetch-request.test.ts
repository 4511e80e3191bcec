import { expect, test } from "vitest";
import { requestCounts } from "../../../test/contracts/counts.ts";
import { parseTextPage } from "../../../test/text-page.ts";
import { Registry } from "../../registry/registry.ts";
import type { MeasuringOptions } from "../options.ts";
import { HttpRecorder } from "../record/recorder.ts";
import { FetchRequest } from "./fetch-request.ts";

/** A request that is measured, and what is counted of it. */
function measured(init: RequestInit = {}, options: MeasuringOptions = {}) {
  const registry = new Registry();
  const request = new FetchRequest(new Request("https://example.test/a?b=c", init));
  request.join(new HttpRecorder({ registry, ...options }));
  const page = async () => parseTextPage(await registry.text());
  const counts = async () => {
    expect((await page()).value("http_requests_in_flight")).toBe(0);
    return requestCounts(await page());
  };
  return { request, page, counts };
}

function stream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
  });
}

test.each([
  ["without a body", "GET", new Response(null, { status: 204 }), "GET _unmatched 204 ok"],
  ["a redirect", "GET", Response.redirect("https://example.test/", 303), "GET _unmatched 303 ok"],
  ["to HEAD", "HEAD", new Response("hello"), "HEAD _unmatched 200 ok"],
])("a response %s is left as it is", async (_title, method, response, row) => {
  const { request, counts } = measured({ method });
  expect(await request.respond(response)).toBe(response);
  expect(response.bodyUsed).toBe(false);
  expect(await counts()).toEqual({ [row]: 1 });
});

test("an upgraded connection is left as it is", async () => {
  const { request, counts } = measured();
  // As Deno and Workers make it: the constructor refuses this status.
  const response = Object.defineProperty(new Response(null), "status", { value: 101 });
  expect(await request.respond(response)).toBe(response);
  expect(await counts()).toEqual({ "GET _unmatched 101 upgraded": 1 });
});

test("nothing is done to the response of a request that is left out", async () => {
  const { request, counts } = measured({}, { exclude: ["/a"] });
  const response = new Response(stream());
  expect(await request.respond(response)).toBe(response);
  expect(await counts()).toEqual({});
});

test("a response that was given away already is the server's to refuse", async () => {
  const { request, counts } = measured();
  const response = new Response("hello");
  response.body?.getReader();
  expect(await request.respond(response)).toBe(response);
  expect(await counts()).toEqual({ "GET _unmatched 200 ok": 1 });
});

test("a client that leaves before the response, and the response that comes later", async () => {
  const client = new AbortController();
  const { request, counts } = measured({ signal: client.signal });
  client.abort();
  const response = new Response(stream());
  expect(await request.respond(response)).toBe(response);
  expect(await counts()).toEqual({ "GET _unmatched 499 aborted": 1 });
});

test("a client that leaves during the response", async () => {
  const client = new AbortController();
  const { request, counts } = measured({ signal: client.signal });
  const response = await request.respond(new Response(stream()));
  client.abort();
  await response.body?.cancel();
  expect(await counts()).toEqual({ "GET _unmatched 200 aborted_response": 1 });
});

test("a signal that is aborted when all is sent, as on Deno, changes nothing", async () => {
  const client = new AbortController();
  const { request, counts } = measured({ signal: client.signal });
  await request.respond(new Response("hello"));
  client.abort();
  expect(await counts()).toEqual({ "GET _unmatched 200 ok": 1 });
});

test("a handler that gives no response", async () => {
  const { request, counts } = measured();
  request.giveUp();
  expect(await counts()).toEqual({ "GET _unmatched 500 server_error": 1 });
});

test("event streams, and other streams that last, have a duration of their own", async () => {
  const kinds = async (response: Response, streamAfterSeconds: number) => {
    const { request, page } = measured({}, { streamAfterSeconds });
    await (await request.respond(response)).body?.cancel();
    const samples = (await page()).samples.filter(
      ({ name }) => name === "http_stream_duration_seconds_count",
    );
    return samples.map(({ labels: { kind } }) => kind);
  };
  const events = { headers: { "content-type": "text/event-stream; charset=utf-8" } };
  const length = { headers: { "content-length": "100" } };
  expect(await kinds(new Response(stream(), events), 10)).toEqual(["event_stream"]);
  expect(await kinds(new Response(stream()), 0)).toEqual(["stream"]);
  expect(await kinds(new Response(stream()), 10)).toEqual([]);
  expect(await kinds(new Response(stream(), length), 0)).toEqual([]);
  expect(await kinds(new Response("hello"), 0)).toEqual([]);
});

test("bytes that were taken to be sent, and those that the client announced", async () => {
  const init = { method: "POST", body: "body", headers: { "content-length": "4" } };
  const metrics = { requestSize: true, responseSize: true, timeToHeaders: true };
  const { request, page } = measured(init, { metrics });
  const response = await request.respond(new Response(stream()));
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  const labels = { method: "POST", route: "_unmatched" };
  const { value } = await page();
  expect(value("http_request_size_bytes_sum", labels)).toBe(4);
  expect(value("http_response_size_bytes_sum", labels)).toBe(5);
  const headers = { ...labels, status_code: "200" };
  expect(value("http_request_time_to_headers_seconds_count", headers)).toBe(1);
});

test("the scheme is the URL's", async () => {
  const { request, page } = measured({}, { metrics: { requests: { labels: ["scheme"] } } });
  await request.respond(new Response(null));
  expect((await page()).value("http_requests_total", { scheme: "https" })).toBe(1);
});
