import { expect } from "vitest";
import { send } from "../client.ts";
import type { Scenarios } from "../scenario.ts";

const REFUSED = { headers: { "x-refused": "1" } };

export const refused: Scenarios = {
  "a request that a guard refuses has the route that would have taken it": async (start) => {
    const server = await start();
    for (const path of ["/plain", "/plain?a=b"]) {
      expect((await send(server, path, REFUSED)).status).toBe(401);
    }
    await server.counted({ "GET /plain 401 client_error": 2 });
  },

  "a request that a guard refuses has no route if none would have taken it": async (start) => {
    const server = await start();
    expect((await send(server, "/nowhere", REFUSED)).status).toBe(401);
    expect((await send(server, "/plain", { ...REFUSED, method: "DELETE" })).status).toBe(401);
    await server.counted({
      "GET _unmatched 401 client_error": 1,
      "DELETE _unmatched 401 client_error": 1,
    });
  },
};
