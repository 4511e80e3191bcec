import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { send } from "../client.ts";
import type { MeasuredServer } from "../measured-server.ts";
import { connectRaw, request } from "../raw-connection.ts";
import type { Scenarios } from "../scenario.ts";
import { listenForUpgrades } from "../upgrade-listener.ts";

/** What a client does; gives how many requests that was. */
type Action = (server: MeasuredServer) => Promise<number>;

const UPGRADE = { connection: "Upgrade", upgrade: "contract" };

const ACTIONS: Readonly<Record<string, Action>> = {
  plain: answered("/plain"),
  missing: answered("/missing"),
  throws: answered("/throws"),
  rejects: answered("/rejects"),
  stream: answered("/stream"),
  fails: raw(1, request("GET /fails"), "closed"),
  garbage: raw(1, "garbage\r\n\r\n", "closed"),
  noHost: raw(1, "GET / HTTP/1.1\r\n\r\n", "closed"),
  refusedUpgrade: raw(1, request("GET /refused", UPGRADE), "closed"),
  upgrade: raw(1, request("GET /socket", UPGRADE), "101 Switching"),
  events: raw(1, request("GET /events"), "event 2"),
  big: raw(1, request("GET /big"), "\r\n\r\n"),
  pipelined: raw(3, request("GET /plain").repeat(2) + request("GET /fails"), "before the failure"),
  leaveBeforeHeaders: async (server) => {
    const path = `/silent?${randomUUID()}`;
    const connection = await connectRaw(server);
    connection.send(request(`GET ${path}`) + request("GET /plain"));
    await server.seen(path);
    await connection.reset();
    return 2;
  },
  leaveInOwnBody: async (server) => {
    const path = `/upload?${randomUUID()}`;
    const headers = { "content-type": "application/octet-stream", "content-length": 10 };
    const connection = await connectRaw(server);
    connection.send(request(`POST ${path}`, headers, "half"));
    await server.seen(path);
    await connection.finish();
    return 1;
  },
};

export const mixture: Scenarios = {
  "any mixture of it all at once": async (start) => {
    const server = await start();
    listenForUpgrades(server.server);
    let sent = await answered("/plain")(server);
    const action = fc.constantFrom(...Object.keys(ACTIONS));
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 16 }), async (names) => {
        const requests = await Promise.all(names.map((name) => ACTIONS[name]?.(server) ?? 0));
        sent += requests.reduce((sum, count) => sum + count);
        await server.countedInAll(sent);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  },
};

function answered(path: string): Action {
  return async (server) => {
    await send(server, path);
    return 1;
  };
}

/** Sends bytes, waits for a text or for the end, and leaves. */
function raw(requests: number, bytes: string, until: string): Action {
  return async (server) => {
    const connection = await connectRaw(server);
    connection.send(bytes);
    if (until === "closed") await connection.closed;
    else await connection.until(until);
    await connection.finish();
    return requests;
  };
}
