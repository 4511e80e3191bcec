const { createServer } = require("node:http");
const sayWhere = require("./say-where.cjs");

const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", () => sayWhere(server));
