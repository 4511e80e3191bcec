// A service whose metrics have a port of their own, which nobody outside needs to reach. Run: node fastify.ts
import fastify from "fastify";
import { metrics } from "narthex";
import { monitor } from "narthex/fastify";

const uploads = metrics.summary({
  name: "upload_size_bytes",
  help: "How large uploads are.",
  quantiles: [0.5, 0.99],
});

const app = fastify();
monitor(app, { port: 9464, exclude: ["/healthz"] }); // before the routes; in a container, add host: "0.0.0.0"

app.get("/healthz", () => "ok\n");
app.post<{ Params: { name: string } }>("/files/:name", ({ params, headers }) => {
  uploads.observe(Number(headers["content-length"] ?? 0));
  return `Stored ${params.name}.\n`;
});

await app.listen({ port: 3000, host: "127.0.0.1" });
console.log("http://127.0.0.1:9464/metrics");
