import { createServer } from "node:http";
import sayWhere from "./say-where.cjs";

const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", () => sayWhere(server));
process.once("SIGTERM", () => server.close());
