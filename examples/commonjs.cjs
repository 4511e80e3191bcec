// Plain JavaScript with require(), on the server of Node itself. Run: node commonjs.cjs
const { createServer } = require("node:http");
const { metrics } = require("narthex");
const { httpMetrics, setRoute } = require("narthex/node");

const visits = metrics.counter({ name: "visits", help: "Visits by page.", labels: ["page"] });

const server = createServer((request, response) => {
  if (request.url !== "/about") {
    response.writeHead(404).end();
    return;
  }
  setRoute(request, "/about"); // Node's server knows no routes
  visits.inc({ page: "about" });
  response.end("About us\n");
});

httpMetrics(server); // measures every request, answers GET /metrics
server.listen(3000, "127.0.0.1", () => console.log("http://127.0.0.1:3000/metrics"));
