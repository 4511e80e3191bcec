// Plugins with registries of their own, all of them on one page. Run: node plugins.ts
import { metrics, Registry } from "narthex";
import { serveMetrics } from "narthex/serve";

/** Loads a plugin; unloading it takes its metrics from the page. */
function load(plugin: string, start: (registry: Registry) => void): () => void {
  const registry = new Registry({ labels: { plugin } }); // on all its series
  start(registry);
  return metrics.register(registry);
}

load("search", (registry) => {
  registry.counter({ name: "searches", help: "Searches." }).inc(3);
});
const unloadChat = load("chat", (registry) => {
  registry.gauge({ name: "chat_rooms", help: "Rooms that are open." }).set(2);
});
unloadChat();

metrics.setLabels({ service: "shop" });
const server = await serveMetrics({ port: 9464 });
server.ref();
console.log("http://127.0.0.1:9464/metrics");
