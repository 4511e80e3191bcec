import { expect } from "vitest";
import { send } from "../client.ts";
import { connectRaw, type RawConnection, request } from "../raw-connection.ts";
import type { Scenarios, Start } from "../scenario.ts";

type Leave = (connection: RawConnection) => Promise<void>;

const byFin: Leave = (connection) => connection.finish();
const byRst: Leave = (connection) => connection.reset();

export const aborts: Scenarios = {
  "the client leaves before the headers, by FIN": (start) => beforeHeaders(start, byFin),
  "the client leaves before the headers, by RST": (start) => beforeHeaders(start, byRst),
  "the client leaves in the middle of its own body, by FIN": (start) => inItsBody(start, byFin),
  "the client leaves in the middle of its own body, by RST": (start) => inItsBody(start, byRst),
  "the client leaves in the middle of the response, by FIN": (start) => inResponse(start, byFin),
  "the client leaves in the middle of the response, by RST": (start) => inResponse(start, byRst),
  "the client leaves in the middle of a stream, by FIN": (start) => inStream(start, byFin),
  "the client leaves in the middle of a stream, by RST": (start) => inStream(start, byRst),

  "the client leaves in the middle of its scrapes": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /metrics").repeat(20));
    await connection.until("HTTP/1.1 200 OK");
    await connection.reset();
    await server.counted({});
  },

  "a body that stops being one in the middle": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(
      request("POST /upload", {
        "content-type": "application/octet-stream",
        "transfer-encoding": "chunked",
      }),
    );
    await server.seen("/upload");
    connection.send("not a chunk\r\n");
    await connection.closed;
    const [row] = Object.keys(await server.countedInAll(1));
    expect(row).toMatch(/^POST \/upload 4/);
  },
};

async function beforeHeaders(start: Start, leave: Leave): Promise<void> {
  const server = await start();
  const connection = await connectRaw(server);
  connection.send(request("GET /silent"));
  await server.inFlight(1);
  await leave(connection);
  await server.counted({ "GET /silent 499 aborted": 1 });
}

async function inItsBody(start: Start, leave: Leave): Promise<void> {
  const server = await start();
  const connection = await connectRaw(server);
  connection.send(
    request(
      "POST /upload",
      { "content-type": "application/octet-stream", "content-length": 1000 },
      "too little",
    ),
  );
  await server.seen("/upload");
  await leave(connection);
  await server.counted({ "POST /upload 499 aborted": 1 });
}

async function inResponse(start: Start, leave: Leave): Promise<void> {
  const server = await start();
  const connection = await connectRaw(server);
  connection.send(request("GET /big"));
  await connection.until("\r\n\r\n");
  // Nothing more is read, so that the server cannot send it all.
  connection.socket.pause();
  await leave(connection);
  await server.counted({ "GET /big 200 aborted_response": 1 });
}

async function inStream(start: Start, leave: Leave): Promise<void> {
  const server = await start();
  const connection = await connectRaw(server);
  connection.send(request("GET /stream"));
  await connection.until("piece 1");
  await leave(connection);
  await server.counted({ "GET /stream 200 aborted_response": 1 });
  // The server goes on as before.
  expect((await send(server, "/plain")).status).toBe(200);
  await server.counted({ "GET /stream 200 aborted_response": 1, "GET /plain 200 ok": 1 });
}
