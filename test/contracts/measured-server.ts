import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, vi } from "vitest";
import type { HttpMetricsOptions } from "../../src/http/options.ts";
import { Registry } from "../../src/registry/registry.ts";
import { parseTextPage, type TextPage } from "../text-page.ts";
import { type Counts, histogramCounts, requestCounts, total, withoutOutcome } from "./counts.ts";
import type { Difference } from "./difference.ts";
import type { RunningSubject, Subject, Templates } from "./subject.ts";

/** Loaded machines are slow: what a test waits for may take its time. */
const PATIENCE = { timeout: 5_000, interval: 10 };

/** A started subject, for one test. */
export class MeasuredServer {
  readonly port: number;
  readonly server: RunningSubject["server"];
  readonly templates: Templates;
  readonly registry: Registry;
  readonly inject: RunningSubject["inject"];
  readonly #difference: Difference | undefined;
  readonly #seen = new Set<string>();
  #settled: Counts | undefined;

  constructor(
    running: RunningSubject,
    registry: Registry,
    templates: Templates,
    difference: Difference | undefined,
  ) {
    this.server = running.server;
    this.port = (running.server.address() as AddressInfo).port;
    this.templates = templates;
    this.registry = registry;
    this.inject = running.inject;
    this.#difference = difference;
    this.server.on("request", ({ url = "" }: IncomingMessage) => this.#seen.add(url));
  }

  async page(): Promise<TextPage> {
    return parseTextPage(await this.registry.text());
  }

  /** Waits until a request with this path and query has reached the server. */
  async seen(url: string): Promise<void> {
    await vi.waitFor(() => expect(this.#seen).toContain(url), PATIENCE);
  }

  /** Waits until a sample has this value. */
  async has(value: number, name: string, labels: Readonly<Record<string, string>> = {}) {
    await vi.waitFor(async () => {
      expect((await this.page()).value(name, labels)).toBe(value);
    }, PATIENCE);
  }

  /** Waits until so many requests are being handled. */
  inFlight(requests: number): Promise<void> {
    return this.has(requests, "http_requests_in_flight");
  }

  /** Waits until exactly these requests are counted. */
  async counted(expected: Counts): Promise<TextPage> {
    const difference = this.#difference;
    if (difference !== undefined) expect(difference.counted, "no difference").not.toEqual(expected);
    return this.#settle((counts) => expect(counts).toEqual(difference?.counted ?? expected));
  }

  /** Waits until so many requests are counted, however. */
  async countedInAll(requests: number): Promise<Counts> {
    const inAll = this.#difference === undefined ? requests : total(this.#difference.counted);
    return requestCounts(await this.#settle((counts) => expect(total(counts)).toBe(inAll)));
  }

  async #settle(check: (counts: Counts) => void): Promise<TextPage> {
    return vi.waitFor(async () => {
      const page = await this.page();
      const counts = requestCounts(page);
      check(counts);
      const durations = histogramCounts(page, "http_request_duration_seconds");
      expect(durations).toEqual(withoutOutcome(counts));
      expect(page.value("http_requests_in_flight")).toBe(0);
      this.#settled = counts;
      return page;
    }, PATIENCE);
  }

  /** Fails if anything was counted after all had been: twice, that is. */
  async nothingCameLater(): Promise<void> {
    if (this.#settled === undefined) return;
    const page = await this.page();
    expect(requestCounts(page), "after the server was closed").toEqual(this.#settled);
    expect(page.value("http_requests_in_flight"), "after the server was closed").toBe(0);
  }
}

/** Starts a subject with a registry of its own, until the end of the test. */
export async function startMeasured(
  subject: Subject,
  difference: Difference | undefined,
  calls: readonly Omit<HttpMetricsOptions, "registry">[],
): Promise<MeasuredServer> {
  const registry = new Registry();
  const all = calls.length === 0 ? [{}] : calls;
  const running = await subject.start(all.map((options) => ({ ...options, registry })));
  const measured = new MeasuredServer(running, registry, subject.templates, difference);
  onTestFinished(async () => {
    running.server.closeAllConnections();
    await running.close();
    await measured.nothingCameLater();
  });
  return measured;
}
