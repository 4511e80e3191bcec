import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { Registry } from "../src/index.ts";
import { acceptOf, FORMATS, readPage } from "./page-of-any-format.ts";
import { play } from "./recording.ts";

const UPDATES = 10_000_000;
const SCRAPES = 1000;
const UPDATES_A_SCRAPE = UPDATES / SCRAPES;
const LIMIT = 500;
const EXPIRE_AFTER_SECONDS = 60;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("ten million updates and a thousand scrapes leave nothing behind", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
  const service = new Service();
  await service.run(SCRAPES / 10);
  const before = await service.rest();
  const tenantsBefore = service.tenants;
  await service.run(SCRAPES);
  const after = await service.rest();

  expect(service.tenants - tenantsBefore).toBeGreaterThan(100_000);
  expect(after.series).toEqual(before.series);
  expect(after.bytes).toBeLessThan(1.2 * before.bytes);
  // All families reached their limits, except the one with held series, which has few.
  expect(warned).toHaveBeenCalledTimes(6);
  warned.mockRestore();
}, 300_000);

/** A service whose tenants come, go and never return, with a scraper that asks for every format in turn. */
class Service {
  readonly registry = new Registry({ labels: { service: "soak" }, now: () => this.#now });
  #now = 1.7e12;
  #turn = 0;
  #scrapes = 0;
  readonly #update = this.#updates();

  constructor() {
    const tenant = () => `tenant ${this.tenants}`;
    const collect = async () => [[{ tenant: tenant() }, this.#turn] as const];
    this.registry.gauge({ name: "collected", help: "", labels: ["tenant"], collect });
    const series = { created: Number.NaN, timestamp: Number.NaN, value: 1 };
    this.registry.register({
      visit: (sink) => {
        const labels = [["tenant", tenant()]] as const;
        const family = { name: "foreign", help: "", type: "gauge" } as const;
        play([{ ...family, series: [{ ...series, labels }] }]).visit(sink);
      },
    });
    this.registry.exemplars(() =>
      this.#turn % 5 === 0 ? { trace_id: `of turn ${this.#turn}` } : undefined,
    );
  }

  /** How many tenants there have been so far. */
  get tenants(): number {
    return Math.floor(this.#turn / 64);
  }

  async run(scrapes: number): Promise<void> {
    for (let scrape = 0; scrape < scrapes; scrape += 1) {
      for (let i = 0; i < UPDATES_A_SCRAPE; i += 1) {
        this.#turn += 1;
        this.#update(this.#turn, { tenant: `tenant ${this.tenants - (i % 3)}` });
      }
      this.#now += 15_000;
      await this.#scrape();
    }
  }

  /** The series and bytes that are left when everything that can expire has expired. */
  async rest(): Promise<{ series: Map<string, number>; bytes: number }> {
    this.#now += 2 * EXPIRE_AFTER_SECONDS * 1000;
    const series = await this.#seriesByFamily();
    for (let i = 0; i < 3; i += 1) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, external } = process.memoryUsage();
    return { series, bytes: heapUsed + external };
  }

  async #scrape(): Promise<void> {
    this.#scrapes += 1;
    const format = FORMATS[this.#scrapes % FORMATS.length]!;
    const { body } = await this.registry.expose({ accept: acceptOf(format, "allow-utf-8") });
    expect(body.length).toBeGreaterThan(10_000);
    if (this.#scrapes % 50 > 0) return;
    for (const [family, series] of await this.#seriesByFamily()) {
      expect(series, family).toBeLessThanOrEqual(LIMIT + 1);
    }
  }

  async #seriesByFamily(): Promise<Map<string, number>> {
    const { samples, helps } = await readPage(this.registry, "openmetrics-1.0", "allow-utf-8");
    return new Map(
      [...helps.keys()].map((name) => {
        const own = samples.filter(({ family }) => family === name);
        return [name, new Set(own.map(({ labels }) => labels.tenant)).size];
      }),
    );
  }

  /** A function that updates one metric per turn, each metric in its turn. */
  #updates(): (turn: number, labels: { readonly tenant: string }) => void {
    const { registry } = this;
    const options = {
      help: "",
      labels: ["tenant"],
      limit: LIMIT,
      expireAfterSeconds: EXPIRE_AFTER_SECONDS,
    } as const;
    const requests = registry.counter({ ...options, name: "requests" });
    const jobs = registry.counter({ ...options, name: "jobs" });
    const depth = registry.gauge({ ...options, name: "depth" });
    const latency = registry.histogram({ ...options, name: "latency" });
    const native = { maxBuckets: 20, minResetSeconds: 30, maxZeroThreshold: 0.01 };
    const sizes = registry.histogram({ ...options, name: "sizes", buckets: [], native });
    const waits = registry.summary({ ...options, name: "waits", maxAgeSeconds: 60 });
    const states = ["search", "chat"] as const;
    const features = registry.stateSet({ ...options, name: "features", states });
    const facts = registry.info({ name: "facts", help: "" });
    let held = jobs.labels({ tenant: "the first" });
    return (turn, labels) => {
      switch (turn % 8) {
        case 0:
          requests.inc(labels, 1, turn % 3 === 0 ? { exemplar: { turn: `${turn}` } } : undefined);
          break;
        case 1:
          // Some series are held until they expire, and some are removed while they are held.
          if (turn % 17 === 0) held = jobs.labels(labels);
          if (turn % 101 === 0) jobs.remove(labels);
          held.inc();
          break;
        case 2:
          depth.set(labels, turn);
          break;
        case 3:
          latency.observe(labels, (turn % 1009) / 100);
          break;
        case 4:
          sizes.observe(labels, 1.1 ** (turn % 211) - 1);
          break;
        case 5:
          waits.observe(labels, turn % 97);
          break;
        case 6:
          features.set(labels, states[turn % 3 === 0 ? 0 : 1], turn % 5 === 0);
          break;
        default:
          if (turn % 31 === 0) facts.set(labels);
          else this.#replaceFamily(turn);
      }
    };
  }

  /** Removes a family and creates it again, as series are not all that can come and go. */
  #replaceFamily(turn: number): void {
    if (turn % 1000 > 8) return;
    this.registry.unregister("temporary");
    const temporary = { name: "temporary", help: `of turn ${turn}`, labels: ["tenant"] } as const;
    this.registry.counter(temporary).inc({ tenant: "x" });
  }
}
