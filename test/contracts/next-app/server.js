import { createServer } from "node:http";
import next from "next";

const app = next({ dir: import.meta.dirname, dev: false });
await app.prepare();
const handle = app.getRequestHandler();

const server = createServer((request, response) => {
  if (request.url === "/own") response.end("of the server itself\n");
  else handle(request, response);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
