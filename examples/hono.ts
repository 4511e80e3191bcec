// A service on the fetch API, whose metrics only the owner of a token may read. Run: node hono.ts
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { metrics } from "narthex";
import { httpMetrics } from "narthex/hono";
import { bearer } from "narthex/http";

const greetings = metrics.counter({
  name: "greetings",
  help: "Visitors that were greeted.",
  labels: ["language"],
});

const app = new Hono();
app.use(httpMetrics({ authorize: bearer(process.env.METRICS_TOKEN ?? "secret") }));
app.get("/hello", (c) => {
  const language = c.req.header("accept-language")?.startsWith("de") ? "de" : "en";
  greetings.inc({ language });
  return c.text(language === "de" ? "Hallo!\n" : "Hello!\n");
});

// On Bun: export default app. On Deno: Deno.serve(app.fetch).
serve({ fetch: app.fetch, port: 3000, hostname: "127.0.0.1" }, () => {
  console.log('curl -H "authorization: Bearer secret" http://127.0.0.1:3000/metrics');
});
