import { expect } from "vitest";
import { keepAliveAgent, send } from "../client.ts";
import { connectRaw, request } from "../raw-connection.ts";
import type { Scenarios } from "../scenario.ts";

export const connections: Scenarios = {
  "ten pipelined requests": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(
      request("GET /plain").repeat(9) + request("GET /plain", { connection: "close" }),
    );
    await connection.closed;
    expect(connection.received.match(/HTTP\/1\.1 200 /g)).toHaveLength(10);
    await server.counted({ "GET /plain 200 ok": 10 });
  },

  "pipelined requests whose client leaves before the first is answered": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /silent") + request("GET /plain").repeat(4));
    await server.seen("/plain");
    await connection.reset();
    await server.counted({ "GET /silent 499 aborted": 1, "GET /plain 499 aborted": 4 });
  },

  "requests on a connection that is kept alive": async (start) => {
    const server = await start();
    const agent = keepAliveAgent(1);
    for (let sent = 0; sent < 5; sent += 1) await send(server, "/plain", { agent });
    await send(server, "/missing", { agent });
    await send(server, "/throws", { agent });
    await send(server, "/upload", {
      agent,
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: "body",
    });
    await server.counted({
      "GET /plain 200 ok": 5,
      "GET _unmatched 404 client_error": 1,
      "GET /throws 500 server_error": 1,
      "POST /upload 200 ok": 1,
    });
  },

  "a server that is closed with requests in flight": async (start) => {
    const server = await start();
    const paths = ["/silent", "/events", "/big"];
    for (const path of paths) {
      const connection = await connectRaw(server);
      connection.socket.pause();
      connection.send(request(`GET ${path}`));
      await server.seen(path);
    }
    await server.inFlight(paths.length);
    server.server.closeAllConnections();
    const counts = await server.countedInAll(paths.length);
    expect(Object.keys(counts)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^GET \/silent 499 aborted$/)]),
    );
  },

  "a connection that the server gives up for its silence": async (start) => {
    const server = await start();
    server.server.setTimeout(100);
    const connection = await connectRaw(server);
    connection.send(request("GET /silent"));
    await connection.closed;
    await server.counted({ "GET /silent 499 aborted": 1 });
  },

  "a connection without a request is nothing": async (start) => {
    const server = await start();
    await (await connectRaw(server)).finish();
    await (await connectRaw(server)).reset();
    await send(server, "/plain");
    await server.counted({ "GET /plain 200 ok": 1 });
  },

  "a connection that is reset between requests": async (start) => {
    const server = await start();
    const connection = await connectRaw(server);
    connection.send(request("GET /plain"));
    await connection.until("plain text\n");
    await connection.reset();
    await server.counted({ "GET /plain 200 ok": 1 });
  },
};
