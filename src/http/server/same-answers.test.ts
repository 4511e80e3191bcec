import { once } from "node:events";
import { createServer, type Server } from "node:http";
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2Server,
  type OutgoingHttpHeaders,
} from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Registry } from "../../registry/registry.ts";
import { httpMetrics } from "../node/index.ts";

const answering = () =>
  createServer({ maxHeaderSize: 1_000 }, (_request, response) => {
    response.end("hello");
  });

/** What a test adds to a server, whose answer may depend on who listens. */
type Listen = (server: Server) => unknown;

const nobody: Listen = () => {};

const CASES: readonly (readonly [string, string, Listen])[] = [
  ["a request", "GET / HTTP/1.1\r\nHost: a\r\n", nobody],
  ["no host", "GET / HTTP/1.1\r\n", nobody],
  ["an upgrade", upgrade(), nobody],
  ["an upgrade that is taken", upgrade(), (server) => server.on("upgrade", accept(101))],
  ["a tunnel", tunnel(), nobody],
  ["a tunnel that is taken", tunnel(), (server) => server.on("connect", accept(200))],
  ["an expectation", expecting("100-continue"), nobody],
  [
    "an expectation that is looked at",
    expecting("100-continue"),
    (server) => server.on("checkContinue", (_request, response) => response.writeHead(403).end()),
  ],
  ["an unknown expectation", expecting("a miracle"), nobody],
  [
    "an unknown expectation that is looked at",
    expecting("a miracle"),
    (server) =>
      server.on("checkExpectation", (_request, response) => response.writeHead(403).end()),
  ],
  ["garbage", "garbage\r\n", nobody],
  [
    "garbage that is answered",
    "garbage\r\n",
    (server) => server.on("clientError", (_error, socket) => socket.end("HTTP/1.1 418 No\r\n\r\n")),
  ],
  ["a head that is too long", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(2_000)}\r\n`, nobody],
];

test.each(CASES)("%s is answered as without metrics", async (_, head, listen) => {
  const answers: string[] = [];
  for (const isMeasured of [false, true]) {
    const server = answering();
    if (isMeasured) httpMetrics(server, { registry: new Registry() });
    listen(server);
    answers.push(await exchange(server, `${head}Connection: close\r\n\r\n`));
  }
  const [plain, measured] = answers;
  expect(measured).toBe(plain);
});

const TUNNEL = { ":method": "CONNECT", ":authority": "a:443" };
const WEBSOCKET = { ...TUNNEL, ":protocol": "websocket", ":path": "/", ":scheme": "http" };

const HTTP2_CASES: readonly (readonly [
  string,
  OutgoingHttpHeaders,
  (server: Http2Server) => unknown,
  string,
])[] = [
  ["a tunnel", TUNNEL, () => {}, "405 client_error"],
  ["a tunnel through a tunnel's protocol", WEBSOCKET, () => {}, "405 client_error"],
  [
    "a tunnel that is taken",
    TUNNEL,
    (server) => server.on("connect", (_request, response) => response.writeHead(200).end("taken")),
    "200 upgraded",
  ],
  [
    "a tunnel that is refused",
    WEBSOCKET,
    (server) => server.on("connect", (_request, response) => response.writeHead(403).end()),
    "403 client_error",
  ],
  [
    "a stream",
    WEBSOCKET,
    (server) => {
      server.removeAllListeners("stream");
      server.on("stream", (stream) => stream.respond({ ":status": 200 }, { endStream: true }));
    },
    "200 upgraded",
  ],
];

test.each(HTTP2_CASES)(
  "over HTTP/2, %s is answered as without metrics, and counted once",
  async (_, headers, listen, counted) => {
    const registry = new Registry();
    const answers: unknown[] = [];
    for (const isMeasured of [false, true]) {
      const server = createHttp2Server(
        { settings: { enableConnectProtocol: true } },
        (_, response) => response.end("hello"),
      );
      if (isMeasured) httpMetrics(server, { registry });
      listen(server);
      answers.push(await statusOver2(server, headers));
    }
    expect(answers[1]).toBe(answers[0]);
    await vi.waitFor(async () => {
      const page = await registry.text();
      const rows = page.split("\n").filter((line) => line.startsWith("http_requests_total{"));
      const [status, outcome] = counted.split(" ");
      expect(rows).toEqual([
        `http_requests_total{method="_other",route="_unmatched",status_code="${status}",outcome="${outcome}"} 1`,
      ]);
      expect(page).toContain("\nhttp_requests_in_flight 0\n");
    });
  },
);

test("an upgrade whose socket is never read ends with its client", async () => {
  const registry = new Registry();
  const server = answering().on("upgrade", () => {});
  httpMetrics(server, { registry });
  const socket = await open(server);
  socket.write(`${upgrade()}\r\n`);
  await vi.waitFor(async () => expect(await registry.text()).toContain("in_flight 1"));
  socket.end();
  await vi.waitFor(async () => {
    expect(await registry.text()).toMatch(/outcome="aborted"\} 1\n[\s\S]*in_flight 0/);
  });
  socket.destroy();
});

function upgrade(): string {
  return "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: it\r\nConnection: Upgrade\r\n";
}

function tunnel(): string {
  return "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n";
}

function expecting(what: string): string {
  return `GET / HTTP/1.1\r\nHost: a\r\nExpect: ${what}\r\n`;
}

function accept(status: number) {
  return (_request: unknown, socket: NodeJS.WritableStream) =>
    socket.end(`HTTP/1.1 ${status} Taken\r\n\r\n`);
}

async function portOf(server: Server | Http2Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function open(server: Server): Promise<Socket> {
  return connect(await portOf(server), "127.0.0.1").on("error", () => {});
}

/** Sends bytes, and gives what comes back until the connection is closed; times are left out. */
async function exchange(server: Server, bytes: string): Promise<string> {
  const socket = await open(server);
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
  });
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  return received.replace(/^Date: .*\r\n/gm, "");
}

async function statusOver2(server: Http2Server, headers: OutgoingHttpHeaders): Promise<unknown> {
  const client = connectHttp2(`http://127.0.0.1:${await portOf(server)}`);
  client.on("error", () => {});
  await once(client, "remoteSettings");
  const stream = client.request(headers).on("error", () => {});
  let status: unknown;
  stream.on("response", (answer) => {
    status = answer[":status"];
  });
  stream.end();
  await new Promise((resolve) => stream.resume().once("close", resolve));
  client.close();
  return status;
}
