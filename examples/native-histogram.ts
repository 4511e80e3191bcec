// Percentiles without choosing buckets, and an example of a slow one. Run: node native-histogram.ts
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { metrics } from "narthex";
import { httpMetrics } from "narthex/node";

const checkout = metrics.histogram({
  name: "checkout_duration_seconds",
  help: "How long checkouts took.",
  native: true, // beside the classic buckets, which text formats need; `buckets: []` leaves these out
});

const server = createServer((_request, response) => {
  const exemplar = { trace_id: randomUUID() }; // OpenTelemetry: metrics.exemplars(activeSpan)
  checkout.observe(0.3 + 0.1 * Math.random(), { exemplar });
  response.end("Thank you!\n");
});
httpMetrics(server, { metrics: { duration: { native: true } } }); // the same for requests

// Prometheus: `scrape_native_histograms: true`, and --enable-feature=exemplar-storage. With curl, one sees
// the exemplars: curl -H "accept: application/openmetrics-text" http://127.0.0.1:3000/metrics
server.listen(3000, "127.0.0.1", () => console.log("http://127.0.0.1:3000/metrics"));
