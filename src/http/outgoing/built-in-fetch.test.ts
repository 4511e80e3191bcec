import { once } from "node:events";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { expectCounted } from "../../../test/outgoing/counted.ts";
import { describeFetch } from "../../../test/outgoing/fetch-scenarios.ts";
import { startTarget } from "../../../test/outgoing/target.ts";
import { Registry } from "../../registry/registry.ts";
import { measureOutgoing } from "./measure-outgoing.ts";

// Not in the same file as an installed undici, which would put its own dispatcher under this.
describeFetch("built-in fetch", fetch);

interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** What a `WebSocket` makes of node's own undici, which node 20 has only behind a flag. */
test("an upgrade ends the request, of which undici may publish nothing", async () => {
  const registry = new Registry();
  onTestFinished(measureOutgoing({ registry }));
  const target = await startTarget();
  await (await fetch(`${target.url}/ok`)).text();
  const key = Symbol.for("undici.globalDispatcher.1");
  const dispatcher = (globalThis as { [key]?: Dispatcher })[key] as Dispatcher;
  const socket = await new Promise<Duplex>((resolve, reject) => {
    const options = { origin: target.url, path: "/", method: "GET", upgrade: "echo" };
    dispatcher.dispatch(options, {
      onConnect() {},
      onUpgrade: (_status: number, _headers: unknown, socket: Duplex) => resolve(socket),
      onError: reject,
    });
  });
  await expectCounted(registry, target, { requests: { "GET 200": 1, "GET 101": 1 } });
  socket.write("still open");
  expect(String((await once(socket, "data"))[0])).toBe("still open");
  socket.destroy();
});
