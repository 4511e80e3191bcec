import { selector, sumBy } from "../../../model/promql.ts";
import { chartCard } from "../charts/card.ts";
import { Chart, type Drawn } from "../charts/chart.ts";
import { Heatmap } from "../charts/heatmap.ts";
import type { Exemplar, Index } from "../data.ts";
import { el } from "../dom.ts";
import type { Store } from "../histories.ts";
import { colours } from "../theme.ts";
import { Objectives } from "./objectives.ts";
import { line, type Stores, Tiles } from "./tiles.ts";

/** What a person asks first. */
export class Overview {
  readonly element = el("div", { class: "overview" });
  readonly #tiles = new Tiles();
  readonly #objectives = new Objectives();
  readonly #updates: ((stores: Stores) => void)[] = [];
  #index: Index | undefined;

  constructor(open: (exemplar: Exemplar) => void) {
    const charts = el("div", { class: "charts" });
    this.element.append(this.#tiles.element, this.#objectives.element, charts);

    this.#card(
      charts,
      "Requests by status",
      () => this.#requestsQuery(),
      (host, caption) => {
        const chart = new Chart(host, caption, {
          unit: "per second",
          height: 200,
          isStacked: true,
        });
        return ({ requests }) => requests && chart.update(requests.times, statusLines(requests));
      },
    );
    this.#card(
      charts,
      "How long requests take",
      () => this.#durationQuery(),
      (host, caption) => {
        const heatmap = new Heatmap(host, caption, { unit: "seconds", height: 200, open });
        return ({ duration }) => duration && heatmap.update(duration);
      },
    );
    this.#card(
      charts,
      "Requests in flight",
      () => this.#inFlightQuery(),
      (host, caption) => {
        const chart = new Chart(host, caption, { unit: "none", height: 160 });
        return ({ running }) =>
          running && chart.update(running.times, [drawn(running, "in flight", 0)]);
      },
    );
    this.#card(charts, "The oldest request", undefined, (host, caption) => {
      const chart = new Chart(host, caption, { unit: "seconds", height: 160 });
      return ({ running }) => running && chart.update(running.times, [drawn(running, "oldest", 3)]);
    });
    this.#card(
      charts,
      "Processor and event loop",
      () => "rate(process_cpu_seconds_total[1m])",
      (host, caption) => {
        const chart = new Chart(host, caption, { unit: "ratio", height: 160 });
        return ({ cpu, process }) =>
          cpu &&
          process &&
          chart.update(cpu.times, [
            { label: "CPU", values: cpu.total, colour: colours().lines[0]! },
            drawn(process, "event loop utilization", 1, "event loop"),
          ]);
      },
    );
    this.#card(
      charts,
      "Memory",
      () => "process_resident_memory_bytes",
      (host, caption) => {
        const chart = new Chart(host, caption, { unit: "bytes", height: 160 });
        return ({ process }) =>
          process &&
          chart.update(process.times, [
            drawn(process, "resident memory", 0, "resident"),
            drawn(process, "heap used", 1),
          ]);
      },
    );
  }

  update(stores: Stores, objectives: Stores, index: Index | undefined): void {
    this.#index = index;
    this.#tiles.update(stores);
    this.#objectives.update(objectives, index?.objectives ?? []);
    for (const update of this.#updates) update(stores);
  }

  #card(
    parent: HTMLElement,
    title: string,
    query: (() => string | undefined) | undefined,
    make: (host: HTMLElement, caption: HTMLElement) => (stores: Stores) => unknown,
  ): void {
    const { element, host, caption } = chartCard(title, query);
    if (parent.childElementCount < 2) element.classList.add("wide");
    parent.append(element);
    this.#updates.push(make(host, caption));
  }

  #requestsQuery(): string {
    const { http } = this.#index ?? {};
    const name = http?.requests ?? `${http?.duration ?? "http_request_duration_seconds"}_count`;
    return sumBy(http?.status === undefined ? [] : [http.status], `rate(${selector(name)}[1m])`);
  }

  #durationQuery(): string {
    const { duration = "http_request_duration_seconds", isNative } = this.#index?.http ?? {};
    if (isNative) return `histogram_quantile(0.95, sum(rate(${selector(duration)}[1m])))`;
    return `histogram_quantile(0.95, sum by (le) (rate(${selector(`${duration}_bucket`)}[1m])))`;
  }

  #inFlightQuery(): string {
    return `sum(${selector(this.#index?.http?.inFlight ?? "http_requests_in_flight")})`;
  }
}

function drawn(store: Store, name: string, colour: number, label = name): Drawn {
  return { label, values: line(store, name), colour: colours().lines[colour]! };
}

function statusLines(store: Store): Drawn[] {
  const { lines, good, warn, bad, faint } = colours();
  const colour: Record<string, string> = {
    "2xx": good,
    "3xx": lines[4]!,
    "4xx": warn,
    "5xx": bad,
    "1xx": faint,
    none: lines[3]!,
  };
  return ["none", "5xx", "4xx", "3xx", "2xx", "1xx"]
    .map((name) => ({
      label: name === "none" ? "no status" : name,
      values: line(store, name),
      colour: colour[name]!,
    }))
    .filter(({ values }) => values.length > 0);
}
