import { createServer } from "node:https";
import sayWhere from "./say-where.cjs";

// A key that both sides know, instead of a certificate.
const server = createServer(
  { ciphers: "PSK", maxVersion: "TLSv1.2", pskCallback: () => Buffer.from("a secret") },
  (_request, response) => response.end("ok"),
);
server.listen(0, "127.0.0.1", () => sayWhere(server));
