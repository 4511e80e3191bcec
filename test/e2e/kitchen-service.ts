import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "../../src/index.ts";
import { Scraper } from "../../src/scrape/scraper.ts";
import { addEveryType } from "../every-type.ts";

/** The headers of a scrape and of its response. */
interface Answer {
  readonly accept: string;
  readonly contentType: string | undefined;
  readonly encoding: string | undefined;
}

/**
 * Serves a registry with a family of every type, native histograms, exemplars and UTF-8 names. All
 * its series began at `began`, and the native histogram was updated at `updated`.
 */
export async function startKitchen(began: number, updated: number) {
  const registry = kitchen(began, updated);
  const scraper = new Scraper(registry);
  /** The newest scrape of each job, by the parameter `job` of the request. */
  const answers = new Map<string, Answer>();

  const server = createServer(async ({ method = "", url = "", headers }, response) => {
    const accept = headers.accept ?? "";
    const job = new URLSearchParams(url.split("?")[1]).get("job") ?? "";
    const end = (status: number, headers: Readonly<Record<string, string>>, body: unknown) => {
      const { "content-type": contentType, "content-encoding": encoding } = headers;
      answers.set(job, { accept, contentType, encoding });
      response.writeHead(status, headers).end(body);
    };
    if (job === "created") {
      const { contentType, body } = await registry.expose({ accept, createdSamples: true });
      end(200, { "content-type": contentType }, body);
    } else {
      const header = (name: string) => headers[name] as string | undefined;
      const answer = await scraper.scrape({ method, url, header });
      end(answer.status, answer.headers, answer.body);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function kitchen(began: number, updated: number): Registry {
  let now = began;
  const registry = new Registry({ now: () => now });
  addEveryType(registry);
  const pour = registry.histogram({
    name: "kitchen_pour_seconds",
    // Makes every page long enough to be compressed.
    help: "Wine, slowly. ".repeat(400),
    buckets: [0.5, 2],
    native: true,
  });
  registry.counter({ name: "küche.gäste", help: "Guests.", utf8: true }).inc(2);
  registry
    .gauge({ name: "küche.wärme", help: "Heat.", utf8: true, labels: ["öfen.nr"] })
    .set({ "öfen.nr": "1" }, 220);
  now = updated;
  for (let i = 1; i <= 100; i += 1) pour.observe(i / 100);
  pour.observe(3, { exemplar: { trace_id: "b7ad6b71" } });
  return registry;
}
