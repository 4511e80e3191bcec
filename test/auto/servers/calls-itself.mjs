import { createServer } from "node:http";
import sayWhere from "./say-where.cjs";

const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", async () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  for (const path of ["/one", "/two"])
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  sayWhere(server);
});
