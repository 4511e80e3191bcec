import { Chart, type Drawn } from "./chart.ts";
import type { Exemplar, Index, Store } from "./data.ts";
import { button, copy, el, setText } from "./dom.ts";
import { selector, show, showNumber, type Unit } from "./format.ts";
import { Heatmap, merge, quantile } from "./heatmap.ts";
import { colours } from "./theme.ts";

type Stores = Readonly<Record<string, Store>>;
type Values = readonly (number | null)[];

/** A number with its recent past. */
interface Tile {
  readonly title: string;
  read(stores: Stores): { value: string; past: Values; state?: "bad" | "warn" | undefined };
}

const RECENT_ROWS = 60;

const line = (store: Store | undefined, name: string): Values =>
  [...(store?.lines.values() ?? [])].find(({ labels }) => labels[0]?.[1] === name)?.values ?? [];

const newest = (values: Values): number | null =>
  values.findLast((value) => value !== null) ?? null;

function mean(values: Values, rows: number): number | null {
  const known = values.slice(-rows).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The share of requests that failed: 5xx, and those that ended without a status. */
function errorShare(store: Store | undefined): Values {
  const failed = [line(store, "5xx"), line(store, "none")];
  return (store?.total ?? []).map((all, i) => {
    if (all === null) return null;
    const bad = failed.reduce((sum, values) => sum + (values[i] ?? 0), 0);
    return all > 0 ? bad / all : 0;
  });
}

const quantileTile = (q: number): Tile => ({
  title: `p${q * 100}`,
  read: ({ duration }) => {
    const rows = duration?.rows ?? [];
    const past = rows
      .slice(-RECENT_ROWS)
      .map((row) => (row ? quantile(merge([row], []), q) : null));
    return { value: show(quantile(merge(rows.slice(-RECENT_ROWS), []), q), "seconds"), past };
  },
});

const gauge = (
  title: string,
  store: string,
  name: string,
  unit: Unit,
  warnAt = Infinity,
): Tile => ({
  title,
  read: (stores) => {
    const past = line(stores[store], name);
    const value = newest(past);
    return {
      value: show(value, unit),
      past,
      state: value !== null && value >= warnAt ? "warn" : undefined,
    };
  },
});

const TILES: readonly Tile[] = [
  {
    title: "Requests",
    read: ({ requests }) => {
      const past = requests?.total ?? [];
      const rate = mean(past, 10);
      return { value: rate === null ? "–" : `${showNumber(Number(rate.toPrecision(3)))}/s`, past };
    },
  },
  {
    title: "Errors",
    read: ({ requests }) => {
      const past = errorShare(requests);
      const all = mean(requests?.total ?? [], RECENT_ROWS) ?? 0;
      const bad = ["5xx", "none"].reduce((sum, name) => {
        const values = line(requests, name).slice(-RECENT_ROWS);
        return (
          sum +
          values.reduce<number>((total, value) => total + (value ?? 0), 0) /
            Math.max(values.length, 1)
        );
      }, 0);
      const share = all > 0 ? bad / all : 0;
      return {
        value: show(share, "ratio"),
        past,
        state: share > 0.01 ? "bad" : share > 0 ? "warn" : undefined,
      };
    },
  },
  quantileTile(0.5),
  quantileTile(0.95),
  quantileTile(0.99),
  gauge("In flight", "running", "in flight", "none"),
  gauge("Oldest request", "running", "oldest", "seconds", 30),
  {
    title: "CPU",
    read: ({ cpu }) => {
      const past = cpu?.total ?? [];
      const value = mean(past, 5);
      return {
        value: show(value, "ratio"),
        past,
        state: value !== null && value > 0.95 ? "warn" : undefined,
      };
    },
  },
  gauge("Memory", "process", "resident memory", "bytes"),
  gauge("Event loop", "process", "event loop utilization", "ratio", 0.95),
];

/** What a person asks first. */
export class Overview {
  readonly element = el("div", { class: "overview" });
  readonly #tiles: { tile: Tile; value: HTMLElement; spark: HTMLCanvasElement; box: HTMLElement }[];
  readonly #updates: ((stores: Stores) => void)[] = [];
  #index: Index | undefined;

  constructor(open: (exemplar: Exemplar) => void) {
    this.#tiles = TILES.map((tile) => {
      const value = el("dd", { class: "value", text: "–" });
      const spark = el("canvas", { attributes: { "aria-hidden": "true" } });
      const box = el("div", { class: "tile" }, el("dt", { text: tile.title }), value, spark);
      return { tile, value, spark, box };
    });
    const charts = el("div", { class: "charts" });
    this.element.append(el("dl", { class: "tiles" }, ...this.#tiles.map(({ box }) => box)), charts);

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

  update(stores: Stores, index: Index | undefined): void {
    this.#index = index;
    for (const { tile, value, spark, box } of this.#tiles) {
      const { value: text, past, state } = tile.read(stores);
      setText(value, text);
      box.classList.toggle("bad", state === "bad");
      box.classList.toggle("warn", state === "warn");
      drawSpark(spark, past.slice(-RECENT_ROWS), state);
    }
    for (const update of this.#updates) update(stores);
  }

  #card(
    parent: HTMLElement,
    title: string,
    query: (() => string | undefined) | undefined,
    make: (host: HTMLElement, caption: HTMLElement) => (stores: Stores) => unknown,
  ): void {
    const host = el("div", { class: "plot" });
    const caption = el("p", { class: "caption" });
    const press = () => {
      const text = query?.();
      if (text !== undefined) void copy(text, "PromQL");
    };
    const isWide = parent.childElementCount < 2;
    const head = el(
      "header",
      {},
      el("h2", { text: title }),
      query &&
        button("PromQL", press, {
          class: "quiet",
          attributes: { "aria-label": `Copy the PromQL of: ${title}` },
        }),
    );
    parent.append(el("section", { class: isWide ? "card wide" : "card" }, head, host, caption));
    this.#updates.push(make(host, caption));
  }

  #requestsQuery(): string {
    const { http } = this.#index ?? {};
    const name = http?.requests ?? `${http?.duration ?? "http_request_duration_seconds"}_count`;
    const by = http?.status === undefined ? "" : ` by (${selectorLabel(http.status)})`;
    return `sum${by} (rate(${selector(name)}[1m]))`;
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

const selectorLabel = (name: string) => (/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name));

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

function drawSpark(canvas: HTMLCanvasElement, values: Values, state: string | undefined): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0) return;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const ctx = canvas.getContext("2d")!;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return;
  const most = Math.max(...known, 1e-9);
  const { lines, bad, warn } = colours();
  ctx.strokeStyle = state === "bad" ? bad : state === "warn" ? warn : lines[0]!;
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.beginPath();
  let isBegun = false;
  values.forEach((value, i) => {
    if (value === null) return;
    const x = (i / (values.length - 1)) * width;
    const y = height - 2 - (value / most) * (height - 4);
    if (isBegun) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    isBegun = true;
  });
  ctx.stroke();
}
