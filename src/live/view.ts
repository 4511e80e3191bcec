import { exposedName } from "../model/family.ts";
import { PageMaker } from "../registry/page/expose.ts";
import { PARTS, type RegistryParts } from "../registry/parts.ts";
import type { Registry } from "../registry/registry.ts";
import { chooseEncoding, compress, type Encoding } from "../scrape/compress.ts";
import type { ScrapeRequest, ScrapeResponse } from "../scrape/request.ts";
import { LIVE_DATA, type LiveAnswer, queryOf } from "./accept.ts";
import { History } from "./history/history.ts";
import { html } from "./html.ts";
import { ObjectiveTracks } from "./objectives.ts";
import { observedOf } from "./observer.ts";
import type { LiveSettings } from "./options.ts";
import { pageHeaders } from "./page-headers.ts";
import { RequestLog } from "./requests.ts";
import { Sampler } from "./sampler.ts";
import { type ListedSeries, labelCounts, listedPart, SeriesListSink } from "./series-list.ts";
import { Troubles } from "./troubles.ts";

/** Of how many families the labels are counted. */
const COUNTED_FAMILIES = 25;

/** The longest part of a list, and the most families, that one request gets. */
const MAX_ROWS = 200;
const MAX_NAMES = 60;

const views = new WeakMap<Registry, LiveView>();

/** The view of a registry, which is opened with the first settings; a later copy of the package takes over. */
export function openView(registry: Registry, settings: LiveSettings): LiveView {
  const known = views.get(registry);
  if (known?.isOpen && JSON.stringify(known.settings) === JSON.stringify(settings)) return known;
  const view = new LiveView(registry, settings);
  views.set(registry, view);
  return view;
}

/** What the live page of a registry shows. */
export class LiveView {
  readonly settings: LiveSettings;
  readonly #registry: Registry;
  readonly #parts: RegistryParts;
  readonly #pages: PageMaker;
  readonly #history: History;
  readonly #requests: RequestLog;
  readonly #objectives: ObjectiveTracks;
  readonly #troubles: Troubles;
  readonly #sampler: Sampler;
  /** Tells this view from that of another process, whose numbers don't go together. */
  readonly #id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  readonly #compressed = new Map<Encoding, Promise<Uint8Array>>();
  readonly #started = Date.now();

  constructor(registry: Registry, settings: LiveSettings) {
    const { historySeconds, maxFamilies } = settings;
    this.settings = settings;
    this.#registry = registry;
    this.#parts = PARTS.get(registry)!;
    this.#pages = new PageMaker(this.#parts);
    this.#history = new History(historySeconds, maxFamilies);
    this.#requests = new RequestLog(historySeconds * 1000);
    this.#troubles = new Troubles(registry);
    this.#objectives = new ObjectiveTracks(registry, this.#parts, this.#history);
    this.#sampler = new Sampler(this.#parts, this.#history, this.#requests, this.#objectives);
    const requests = this.#requests;
    const observed = observedOf(registry);
    observed.observer?.stop();
    observed.observer = {
      begin: (request) => requests.begin(request),
      withdraw: (request) => requests.withdraw(request),
      end: (request, ended, traceId) => requests.end(request, ended, traceId),
      stop: () => this.#stop(),
    };
    this.#sampler.start();
  }

  /** Whether it still keeps a history. */
  isOpen = true;

  async answer(wanted: LiveAnswer, request: ScrapeRequest): Promise<ScrapeResponse> {
    if (wanted === "page") return this.#page(request);
    const data = await this.#data(queryOf(request.url));
    if (data === undefined) return { status: 404, headers: pageHeaders("text/plain"), body: "" };
    const body = new TextEncoder().encode(JSON.stringify(data));
    const encoding = chooseEncoding(request.header("accept-encoding"), body.length);
    return responseOf(LIVE_DATA, await compress(body, encoding), encoding);
  }

  async #page(request: ScrapeRequest): Promise<ScrapeResponse> {
    const bytes = new TextEncoder().encode(html);
    const encoding = chooseEncoding(request.header("accept-encoding"), bytes.length);
    const compressed = this.#compressed.get(encoding) ?? compress(bytes, encoding);
    this.#compressed.set(encoding, compressed);
    return responseOf("text/html", await compressed, encoding);
  }

  async #data(query: URLSearchParams): Promise<object | undefined> {
    await this.#sampler.look();
    switch (query.get("live")) {
      case "index":
        return this.#index();
      case "rows":
        return this.#rows(
          Number(query.get("since") ?? 0),
          query.getAll("name").slice(0, MAX_NAMES),
        );
      case "requests":
        return this.#requests.lists();
      case "series":
        return this.#series(query);
      case "cardinality":
        return this.#cardinality();
      default:
        return undefined;
    }
  }

  /** All families, and what does not change with each sample. */
  #index(): object {
    const { process } = globalThis as {
      process?: { pid?: number; version?: string; uptime?: () => number };
    };
    const { names, values } = this.#parts.labels;
    return {
      id: this.#id,
      started: this.#started,
      historySeconds: this.settings.historySeconds,
      traceUrl: this.settings.traceUrl,
      pid: process?.pid,
      runtime: process?.version,
      uptime: process?.uptime?.(),
      labels: names.map((name, i) => [name, values[i]]),
      http: observedOf(this.#registry).names,
      hasRequests: this.#requests.isUsed,
      failures: this.#requests.failures,
      objectives: this.#objectives.list(),
      families: Array.from(this.#history.families.values(), ({ family, series }) => ({
        name: family.name,
        type: family.type,
        help: family.help,
        unit: family.unit,
        exposed: exposedName(family),
        series,
      })),
    };
  }

  #rows(since: number, names: readonly string[]): object {
    const points = this.#history.timeline.since(Number.isFinite(since) ? since : 0);
    const { overview, objectives } = this.#history;
    return {
      id: this.#id,
      times: points.map(({ time }) => time),
      overview: Object.fromEntries(
        Object.entries(overview).map(([name, history]) => [name, history.at(points)]),
      ),
      objectives: Object.fromEntries(
        Array.from(objectives, ([name, history]) => [name, history.at(points)]),
      ),
      families: Object.fromEntries(
        names.flatMap((name) => {
          const rows = this.#history.of(name, points);
          return rows === undefined ? [] : [[name, rows]];
        }),
      ),
    };
  }

  async #series(query: URLSearchParams): Promise<object> {
    const limit = Math.min(wholeNumber(query.get("limit"), MAX_ROWS), MAX_ROWS);
    const offset = wholeNumber(query.get("offset"), 0);
    const series = await this.#seriesOf(query.get("name") ?? "");
    const labels = labelCounts(series);
    return { ...listedPart(series, { filter: query.get("filter") ?? "", offset, limit }), labels };
  }

  async #cardinality(): Promise<object> {
    const largest = [...this.#history.families.values()]
      .sort((a, b) => b.series - a.series)
      .slice(0, COUNTED_FAMILIES);
    const limits = new Map(
      Array.from(this.#parts.families, ({ family, definition }) => [family.name, definition.limit]),
    );
    const families = [];
    for (const { family, series } of largest) {
      const limit = limits.get(family.name);
      const labels = labelCounts(await this.#seriesOf(family.name));
      families.push({ name: family.name, type: family.type, series, limit, labels });
    }
    const all = [...this.#history.families.values()].reduce((sum, { series }) => sum + series, 0);
    return {
      series: all,
      families,
      overflows: await this.#countsOf("narthex_overflow_updates"),
      lost: await this.#countsOf("narthex_collect_errors"),
      invalid: await this.#countsOf("narthex_invalid_updates"),
      errors: this.#troubles.list,
    };
  }

  async #countsOf(name: string): Promise<object[]> {
    const series = await this.#seriesOf(name);
    return series.map(({ labels, value }) => ({
      family: labels.find(([label]) => label === "family")?.[1],
      value,
    }));
  }

  /** The series of a family as they are now; those of callbacks as they were when these were called. */
  async #seriesOf(name: string): Promise<readonly ListedSeries[]> {
    const sink = new SeriesListSink();
    const { families, own } = this.#parts;
    const instrument = [...families, ...own.instruments].find(({ family }) => family.name === name);
    if (instrument !== undefined) {
      for (const _ of instrument.visit(sink) ?? []);
      return sink.series;
    }
    await this.#pages.fill(sink, { names: [name], deadlineMs: 2000 });
    return sink.series;
  }

  #stop(): void {
    this.isOpen = false;
    this.#sampler.stop();
    this.#troubles.stop();
  }
}

function responseOf(type: string, body: Uint8Array, encoding: Encoding): ScrapeResponse {
  const headers = {
    ...pageHeaders(type),
    "content-length": String(body.length),
    ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
  };
  return { status: 200, headers, body };
}

function wholeNumber(text: string | null, byDefault: number): number {
  const number = Number(text ?? byDefault);
  return Number.isInteger(number) && number >= 0 ? number : byDefault;
}
