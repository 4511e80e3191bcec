import { metrics } from "narthex";

export const runtime = "edge";

// Counted in the edge runtime, whose globals are its own: it is not on the page.
const seen = metrics.counter({ name: "seen_on_the_edge", help: "Requests to the edge." });

export function GET() {
  seen.inc();
  return new Response("from the edge");
}
