import { expect } from "vitest";
import { outcomeOfStatus } from "../../../src/http/request/outcome.ts";
import { send } from "../client.ts";
import { connectRaw, request } from "../raw-connection.ts";
import type { Scenarios } from "../scenario.ts";

export const methods: Scenarios = {
  HEAD: async (start) => {
    const server = await start();
    const answer = await send(server, "/plain", { method: "HEAD" });
    expect([answer.status, answer.body]).toEqual([200, ""]);
    await server.counted({ "HEAD /plain 200 ok": 1 });
  },

  // Whether a route takes these methods is the framework's affair.
  OPTIONS: (start) => oneRequest(start, "OPTIONS", "OPTIONS"),
  "PROPFIND is another method": (start) => oneRequest(start, "PROPFIND", "_other"),
  "PURGE is another method": (start) => oneRequest(start, "PURGE", "_other"),

  "50 methods that node's parser refuses": async (start) => {
    const server = await start();
    await send(server, "/plain");
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const connection = await connectRaw(server);
        connection.send(request(`BOGUS${"X".repeat(at)} /plain`));
        await connection.closed;
        expect(connection.received).toMatch(/^HTTP\/1\.1 400 /);
      }),
    );
    await server.counted({ "GET /plain 200 ok": 1, "_other _unmatched 400 rejected": 50 });
  },
};

async function oneRequest(
  start: Parameters<Scenarios[string]>[0],
  method: string,
  label: string,
): Promise<void> {
  const server = await start();
  const { status } = await send(server, "/plain", { method });
  const rows = ["/plain", "_unmatched"].map(
    (route) => `${label} ${route} ${status} ${outcomeOfStatus(status)}`,
  );
  const [row] = Object.keys(await server.countedInAll(1));
  expect(rows).toContain(row);
}
