import { expect } from "vitest";
import { send } from "../client.ts";
import type { MeasuredServer } from "../measured-server.ts";
import { connectRaw, type RawConnection, request } from "../raw-connection.ts";
import type { Scenarios, Start } from "../scenario.ts";
import { listenForUpgrades } from "../upgrade-listener.ts";

const UPGRADE = { connection: "Upgrade", upgrade: "contract" };

export const upgrades: Scenarios = {
  "an upgraded connection": async (start) => {
    const server = await startUpgrading(start);
    const connection = await connectRaw(server);
    await openSocket(connection);
    await connection.finish();
    await seeUpgrade(server);
  },

  "an upgraded connection that is reset": async (start) => {
    const server = await startUpgrading(start);
    const connection = await connectRaw(server);
    await openSocket(connection);
    await connection.reset();
    await seeUpgrade(server);
  },

  "an upgrade on a connection that had other requests": async (start) => {
    const server = await startUpgrading(start);
    const connection = await connectRaw(server);
    connection.send(request("GET /plain"));
    await connection.until("plain text\n");
    await openSocket(connection);
    await connection.finish();
    await server.counted({ "GET /plain 200 ok": 2, "GET _unmatched 101 upgraded": 1 });
  },

  "a refused upgrade": async (start) => {
    const server = await startUpgrading(start);
    const connection = await connectRaw(server);
    connection.send(request("GET /refused", UPGRADE));
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 403 /);
    await server.counted({ "GET /plain 200 ok": 1, "GET _unmatched 403 client_error": 1 });
  },

  "an upgrade that is dropped without an answer": async (start) => {
    const server = await startUpgrading(start);
    const connection = await connectRaw(server);
    connection.send(request("GET /dropped", UPGRADE));
    await connection.closed;
    await server.countedInAll(2);
  },

  "a server without upgrades answers such a request as any other": async (start) => {
    const server = await start();
    await send(server, "/plain");
    const connection = await connectRaw(server);
    connection.send(request("GET /plain", { connection: "Upgrade", upgrade: "h2c" }));
    await connection.until("plain text\n");
    await server.counted({ "GET /plain 200 ok": 2 });
  },
};

/** A middleware knows its server from the first request on. */
async function startUpgrading(start: Start): Promise<MeasuredServer> {
  const server = await start();
  listenForUpgrades(server.server);
  await send(server, "/plain");
  return server;
}

async function openSocket(connection: RawConnection): Promise<void> {
  connection.send(request("GET /socket", UPGRADE));
  await connection.until("101 Switching Protocols\r\n");
  connection.send("to the echo");
  await connection.until("to the echo");
}

async function seeUpgrade(server: MeasuredServer): Promise<void> {
  await server.counted({ "GET /plain 200 ok": 1, "GET _unmatched 101 upgraded": 1 });
  const labels = { route: "_unmatched", kind: "upgrade" };
  await server.has(1, "http_stream_duration_seconds_count", labels);
}
