// An exporter: it asks something else at each scrape, and keeps nothing. Run: node exporter.ts
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type MetricSource, Registry, seriesHead } from "narthex";
import { serveMetrics } from "narthex/serve";

const folder = process.env.FOLDER ?? ".";
let files: (readonly [name: string, bytes: number])[] = [];

const folderSource: MetricSource = {
  // Called first, at each scrape. If it fails, only the metrics of this source are missing.
  async collect() {
    const names = await readdir(folder);
    files = await Promise.all(
      names.map(async (name) => [name, (await stat(join(folder, name))).size] as const),
    );
  },
  visit(sink) {
    sink.family({ name: "folder_file_size_bytes", help: "How large files are.", type: "gauge" });
    for (const [name, bytes] of files) sink.gauge(seriesHead(["name"], [name]), bytes);
  },
};

const registry = new Registry();
registry.register(folderSource);

const server = await serveMetrics({ port: 9464, registry });
server.ref(); // the process does nothing else, and would end
console.log("http://127.0.0.1:9464/metrics");
