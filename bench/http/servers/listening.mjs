import { once } from "node:events";

/**
 * @param {import("node:net").Server} server
 */
export async function listening(server) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}
