import cluster from "node:cluster";
import http from "node:http";

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  let listening = 0;
  cluster.on("listening", (_worker, { port }) => {
    listening += 1;
    if (listening === workers.length) process.stdout.write(`http://127.0.0.1:${port}/\n`);
  });
} else {
  http
    .createServer((_request, response) => response.end(String(process.pid)))
    .listen(0, "127.0.0.1");
}
