import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as connectHttp2, constants, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { httpMetrics } from "../../src/http/node/index.ts";
import { Registry } from "../../src/index.ts";
import { histogramCounts, requestCounts, total } from "../contracts/counts.ts";
import { type MeasuredServer, startMeasured } from "../contracts/measured-server.ts";
import { RawConnection, request } from "../contracts/raw-connection.ts";
import { fastifySubject } from "../contracts/subjects/fastify.ts";
import { nodeSubject } from "../contracts/subjects/node.ts";
import { listenForUpgrades } from "../contracts/upgrade-listener.ts";
import { parseTextPage } from "../text-page.ts";
import { fuzz, printSeed } from "./fuzz.ts";

printSeed();
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const UPGRADE = { connection: "Upgrade", upgrade: "contract" };
const BINARY = { "content-type": "application/octet-stream" };

/** Requests after which a connection goes on. */
const WHOLE = [
  request("GET /plain"),
  request("HEAD /plain"),
  request("GET /missing"),
  request("GET /throws"),
  request("GET /rejects"),
  request("GET /stream"),
  request("GET /silent"),
  request("OPTIONS /plain"),
  request("POST /upload", { ...BINARY, "content-length": 4 }, "body"),
  request("POST /upload", { ...BINARY, "transfer-encoding": "chunked" }, "4\r\nbody\r\n0\r\n\r\n"),
];

const post = (headers: string, body = "0\r\n\r\n") =>
  `POST /upload HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`;

/** What ends a connection, each of which is one request more. */
const LAST = [
  "garbage\r\n\r\n",
  "\x16\x03\x01\x02",
  "GET /plain HTTP/1.1\r\nHost:",
  "GET /plain HTTP/1.1\r\n\r\n",
  "GET /plain HTTP/1.1\nHost: a\n\n",
  "GET /plain HTTP/9.9\r\nHost: a\r\n\r\n",
  "GET /plain HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
  "GET /plain HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  request("GET /plain", { expect: "a miracle" }),
  request("GET /plain", { "x-long": "x".repeat(20_000) }),
  request("CONNECT evil:443"),
  request("GET /fails"),
  request("GET /socket", UPGRADE),
  request("GET /refused", UPGRADE),
  request("GET /dropped", UPGRADE),
  request("POST /socket", { ...UPGRADE, "content-length": 9 }, "half"),
  post("Content-Length: 5\r\nTransfer-Encoding: chunked"),
  post("Content-Length: 5\r\nContent-Length: 6"),
  post("Content-Length: -1"),
  post("Content-Length: 99999999999999999999"),
  post("Transfer-Encoding: xchunked"),
  post("Transfer-Encoding: chunked, identity"),
  post("Transfer-Encoding : chunked"),
  post("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFFF\r\n"),
  post("Transfer-Encoding: chunked", "no chunk\r\n"),
  post("Content-Length: 1000", "half a body"),
];

/** What a client sends on one connection, in which pieces, and how it leaves. */
interface Client {
  readonly whole: readonly string[];
  /** Where there is none, it leaves by RST. */
  readonly last: string | undefined;
  readonly cuts: readonly number[];
}

const anyClient: fc.Arbitrary<Client> = fc.record({
  whole: fc.array(fc.constantFrom(...WHOLE), { maxLength: 6 }),
  last: fc.option(fc.constantFrom(...LAST), { nil: undefined }),
  cuts: fc.array(fc.nat(400), { maxLength: 3 }).map((cuts) => cuts.sort((a, b) => a - b)),
});

/** Gives how many requests that was. */
async function play(server: MeasuredServer, { whole, last, cuts }: Client): Promise<number> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  const connection = new RawConnection(socket);
  // What a reset overtakes has not been sent: so it waits until the server has seen all.
  const path = `/silent?${randomUUID()}`;
  const bytes = whole.join("") + (last ?? request(`GET ${path}`));
  for (const [i, from] of [0, ...cuts].entries()) {
    connection.send(bytes.slice(from, cuts[i]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (last === undefined) {
    await server.seen(path);
    await connection.reset();
  } else {
    await connection.finish();
  }
  return whole.length + 1;
}

async function heap(): Promise<number> {
  for (let i = 0; i < 3; i += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/** Plays random rounds, and fails if the heap grows from one half of them to the next. */
async function rounds<Input>(
  runs: number,
  input: fc.Arbitrary<Input>,
  round: (input: Input) => Promise<void>,
): Promise<void> {
  await fuzz(runs, input, round);
  const before = await heap();
  await fuzz(runs, input, round);
  expect(await heap()).toBeLessThan(1.5 * before);
}

describe.each([nodeSubject, fastifySubject])("$name", { timeout: 600_000 }, (subject) => {
  test("counts each request once, whatever clients send and however they leave", async () => {
    const server = await startMeasured(subject, undefined, []);
    listenForUpgrades(server.server);
    // A middleware knows of its server when the first request comes through.
    let sent = await play(server, { whole: [request("GET /plain")], last: WHOLE[0], cuts: [] });
    const clients = fc.array(anyClient, { minLength: 1, maxLength: 8, size: "max" });
    await rounds(8, clients, async (clients) => {
      const requests = await Promise.all(clients.map((client) => play(server, client)));
      sent += requests.reduce((sum, count) => sum + count);
      await server.countedInAll(sent);
    });
  });
});

describe("HTTP/2", { timeout: 600_000 }, () => {
  test("counts each stream once, whenever it or its session is reset", async () => {
    const registry = new Registry();
    const server = createHttp2Server((request, response) => {
      if (request.url === "/silent") return;
      request.resume().on("end", () => response.end("plain"));
    });
    httpMetrics(server, { registry });
    let streams = 0;
    server.on("stream", (stream) => {
      streams += 1;
      stream.on("error", () => {});
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const anyStream = fc.record({
      path: fc.constantFrom("/plain", "/silent", "/metrics/not"),
      body: fc.constantFrom("none", "whole", "half"),
      reset: fc.constantFrom("at once", "soon", "with its session"),
    });
    const session = fc.array(anyStream, { minLength: 1, maxLength: 12, size: "max" });
    let sent = 0;
    await rounds(8, fc.array(session, { minLength: 1, maxLength: 3 }), async (sessions) => {
      await Promise.all(
        sessions.map(async (requests) => {
          const client = connectHttp2(`http://127.0.0.1:${port}`).on("error", () => {});
          await once(client, "connect");
          for (const { path, body, reset } of requests) {
            const method = body === "none" ? "GET" : "POST";
            const headers = { ":path": path, ":method": method };
            const stream = client.request(headers, { endStream: body === "none" });
            stream.on("error", () => {}).resume();
            if (body === "half") stream.write("half");
            if (body === "whole") stream.end("whole");
            const cancel = () => stream.close(constants.NGHTTP2_CANCEL);
            if (reset === "at once") cancel();
            if (reset === "soon") setImmediate(cancel);
          }
          sent += requests.length;
          await new Promise((resolve) => setTimeout(resolve, 20));
          client.destroy();
          await new Promise((resolve) =>
            client.closed ? resolve(0) : client.once("close", resolve),
          );
        }),
      );
      await vi.waitFor(
        async () => {
          const page = parseTextPage(await registry.text());
          const observed = total(histogramCounts(page, "http_request_duration_seconds"));
          const inFlight = page.value("http_requests_in_flight");
          const counted = total(requestCounts(page));
          expect({ counted, observed, inFlight }).toEqual({
            counted: streams,
            observed: streams,
            inFlight: 0,
          });
        },
        { timeout: 5000, interval: 10 },
      );
    });
    expect(streams).toBeLessThanOrEqual(sent);
    expect(streams).toBeGreaterThan(0);
  });
});
