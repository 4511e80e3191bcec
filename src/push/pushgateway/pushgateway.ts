import { invalidSetting, pushFailed } from "../../errors.ts";
import type { LabelValue } from "../../instruments/definition/labels.ts";
import { isRegistry, knownOptions, type OptionNames } from "../../options.ts";
import { metrics } from "../../registry/metrics.ts";
import type { Registry } from "../../registry/registry.ts";
import { chooseEncoding, compress } from "../../scrape/compress.ts";
import type { Authorization } from "../authorization.ts";
import { type PushRequest, send } from "../send.ts";
import { type Group, groupOf, pathOf, WHERE } from "./group.ts";
import { labelTaken } from "./labels.ts";
import { locate } from "./url.ts";

/** Which group of metrics is pushed, and how. */
export interface PushgatewayOptions {
  /** What runs, such as `backup`: the label `job` of all that is pushed. Not empty. */
  readonly job: string;
  /**
   * More labels of all that is pushed. The gateway keeps metrics by `job` and these together: two hosts that push the
   * same job replace each other's metrics unless they differ here. None by default.
   */
  readonly grouping?: Readonly<Record<string, LabelValue>> | undefined;
  /** The registry that is pushed; the process-wide one by default. */
  readonly registry?: Registry | undefined;
  /** Who pushes: `basic(name, password)` or `bearer(token)`. A name and password may also stand in the URL. */
  readonly authorization?: Authorization | undefined;
  /**
   * How long collect callbacks may take, and then the gateway, in milliseconds from 1 to 2,147,483,647; 10,000 by
   * default.
   */
  readonly timeoutMs?: number | undefined;
  /** Whether pages from 4 KiB on are compressed, which a Pushgateway takes from 1.5 on; off by default. */
  readonly gzip?: boolean | undefined;
  /**
   * The format of the page: `protobuf` has all that metrics have; `text` is for servers that have the Pushgateway's
   * API and nothing but text, and lacks native histograms, exemplars and created timestamps. `protobuf` by default.
   */
  readonly format?: "protobuf" | "text" | undefined;
  /**
   * Whether the gateway may put the group's labels in the place of those that a metric has itself. By default, a
   * push of a metric that has one of them with another value fails.
   */
  readonly replaceLabels?: boolean | undefined;
  /** What sends the requests, for a proxy or a client's certificate, say; the global `fetch` by default. */
  readonly fetch?: typeof fetch | undefined;
}

const NAMES: OptionNames<PushgatewayOptions> = {
  job: true,
  grouping: true,
  registry: true,
  authorization: true,
  timeoutMs: true,
  gzip: true,
  format: true,
  replaceLabels: true,
  fetch: true,
};

const ADVICE = {
  jobName: "use job",
  groupings: "use grouping",
  headers: "use authorization or fetch",
};

const ACCEPT = {
  protobuf:
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
  text: "text/plain;version=0.0.4",
};

const DEFAULT_TIMEOUT_MS = 10_000;

/** The longest time of Node's timers. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Pushes the metrics of a job that ends before anyone scrapes it to a [Pushgateway](https://github.com/prometheus/pushgateway),
 * which keeps them for Prometheus until they are replaced or deleted.
 *
 * @example
 * const gateway = new Pushgateway("http://127.0.0.1:9091", { job: "backup", grouping: { shard: "a" } });
 */
export class Pushgateway {
  /** The registry that is pushed. */
  readonly registry: Registry;
  readonly #url: string;
  readonly #group: Group;
  readonly #how: Pick<PushRequest, "authorization" | "timeoutMs"> & {
    readonly gzip: boolean;
    readonly replaceLabels: boolean;
    readonly format: "protobuf" | "text";
    readonly fetch: typeof globalThis.fetch | undefined;
  };

  /**
   * @param url where the gateway is, such as `http://127.0.0.1:9091`; with its prefix, if it has one
   * @throws NarthexError `NARTHEX_OPTION_INVALID` if the URL or an option is wrong
   */
  constructor(url: string | URL, options: PushgatewayOptions) {
    const given = knownOptions(WHERE, options, NAMES, ADVICE);
    const { registry = metrics, timeoutMs = DEFAULT_TIMEOUT_MS, gzip = false } = given;
    const { job, grouping = {}, format = "protobuf", replaceLabels = false, fetch } = given;
    this.#group = groupOf(job, grouping);
    const place = locate(url, given.authorization);
    this.#url = place.url + pathOf(this.#group);
    if (!isRegistry(registry)) throw invalidSetting(WHERE, "registry", registry, "pass a registry");
    if (!(timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
      const rule = `use milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`;
      throw invalidSetting(WHERE, "timeoutMs", timeoutMs, rule);
    }
    for (const [name, value] of Object.entries({ gzip, replaceLabels })) {
      if (typeof value !== "boolean") throw invalidSetting(WHERE, name, value, "use true or false");
    }
    if (!Object.hasOwn(ACCEPT, format)) {
      throw invalidSetting(WHERE, "format", format, 'use "protobuf" or "text"');
    }
    if (fetch !== undefined && typeof fetch !== "function") {
      throw invalidSetting(WHERE, "fetch", fetch, "use a function like fetch");
    }
    this.registry = registry;
    const { authorization } = place;
    this.#how = { authorization, timeoutMs, gzip, format, replaceLabels, fetch };
  }

  /**
   * Replaces the group's metrics by those of the registry (PUT).
   *
   * @param registry another one than that of the options
   * @throws (rejects) NarthexError `NARTHEX_PUSH_FAILED`, with the gateway's own words, if it can't be reached, is late, or
   * refuses the metrics; without `replaceLabels` also if a metric has a label of the group's with another value
   * @example
   * await gateway.push();
   */
  push(registry: Registry = this.registry): Promise<void> {
    return this.#push("push", "PUT", registry);
  }

  /**
   * Replaces those of the group's metrics that have the names of the registry's, and keeps the others (POST).
   *
   * @param registry another one than that of the options
   * @throws (rejects) as `push` does
   * @example
   * await gateway.add();
   */
  add(registry: Registry = this.registry): Promise<void> {
    return this.#push("add", "POST", registry);
  }

  /**
   * Deletes all metrics of the group (DELETE); it is no error if there are none.
   *
   * @throws (rejects) NarthexError `NARTHEX_PUSH_FAILED` if the gateway can't be reached, is late, or refuses
   * @example
   * await gateway.delete();
   */
  delete(): Promise<void> {
    return this.#send("delete", { method: "DELETE", headers: {}, body: undefined });
  }

  async #push(call: string, method: "PUT" | "POST", registry: Registry): Promise<void> {
    const { timeoutMs, gzip, format, replaceLabels } = this.#how;
    const page = await registry.expose({ accept: ACCEPT[format], deadlineMs: timeoutMs });
    const isChecked = format === "protobuf" && !replaceLabels;
    const taken = isChecked ? labelTaken(page.body, this.#group) : undefined;
    if (taken !== undefined) throw pushFailed(call, this.#url, taken);
    const encoding = gzip ? chooseEncoding("gzip", page.body.length) : "identity";
    const headers: Record<string, string> = { "content-type": page.contentType };
    if (encoding !== "identity") headers["content-encoding"] = encoding;
    await this.#send(call, { method, headers, body: await compress(page.body, encoding) });
  }

  async #send(
    call: string,
    request: Pick<PushRequest, "method" | "headers" | "body">,
  ): Promise<void> {
    const { authorization, timeoutMs, fetch = globalThis.fetch } = this.#how;
    const failure = await send({ url: this.#url, ...request, authorization, timeoutMs, fetch });
    if (failure !== undefined) throw pushFailed(call, this.#url, failure.reason, failure.cause);
  }
}
